"""A QR code as a matrix of dark and light modules (ISO/IEC 18004), for texts of bytes up to version 10, level M.

Theory of operation. The text becomes bits (byte mode, length, terminator, padding) and then blocks of codewords, each
with its Reed-Solomon remainder over GF(256) with 0x11D. Data and remainders are interleaved and laid in zigzag columns
from the lower right, around the patterns that a camera looks for. One of eight masks is laid over; all are tried, and
the one with the fewest traits that confuse a camera (four penalty rules) stays. The format bits say which.
"""

from typing import Final

Matrix = list[list[bool]]

# Per version from 1: error correction codewords per block, and (blocks, data codewords) of both groups; level M.
_LEVEL_M: Final = (
    (10, ((1, 16),)),
    (16, ((1, 28),)),
    (26, ((1, 44),)),
    (18, ((2, 32),)),
    (24, ((2, 43),)),
    (16, ((4, 27),)),
    (18, ((4, 31),)),
    (22, ((2, 38), (2, 39))),
    (22, ((3, 36), (2, 37))),
    (26, ((4, 43), (1, 44))),
)
_ALIGNED: Final = ((), (6, 18), (6, 22), (6, 26), (6, 30), (6, 34), (6, 22, 38), (6, 24, 42), (6, 26, 46), (6, 28, 50))
_PAD: Final = (0xEC, 0x11)
_FORMAT_LEVEL_M: Final = 0b00
_FORMAT_POLYNOMIAL, _FORMAT_MASK, _VERSION_POLYNOMIAL = 0x537, 0x5412, 0x1F25
_FINDER_LIKE: Final = ((1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0), (0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1))
QUIET: Final = 4  # light modules around it, section 9.1


def qr_matrix(data: bytes) -> Matrix:
    """Rows of modules, True is dark. ValueError for more than 213 bytes."""
    version = _version_for(len(data))
    codewords = _interleaved(_data_codewords(data, version), version)
    size = 17 + 4 * version
    fixed = _fixed_modules(version, size)
    best: tuple[int, Matrix] | None = None
    for mask in range(8):
        matrix = _filled(fixed, codewords, mask, size)
        _draw_format(matrix, mask, size)
        penalty = _penalty(matrix, size)
        if best is None or penalty < best[0]:
            best = (penalty, matrix)
    assert best is not None
    return best[1]


def qr_text(matrix: Matrix) -> str:
    """Two rows per line of text in half blocks; light modules are drawn, as terminals are dark."""
    width = len(matrix) + 2 * QUIET
    light = [[True] * width for _ in range(QUIET)]
    rows = [*light, *([True] * QUIET + [not dark for dark in row] + [True] * QUIET for row in matrix), *light]
    if len(rows) % 2:
        rows.append([False] * width)
    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)


def _version_for(size: int) -> int:
    for version, (_, groups) in enumerate(_LEVEL_M, 1):
        room = sum(blocks * words for blocks, words in groups)
        if 4 + (8 if version < 10 else 16) + 8 * size <= 8 * room:
            return version
    raise ValueError(f"expected at most 213 bytes for a QR code, found {size}")


def _data_codewords(data: bytes, version: int) -> bytes:
    room = sum(blocks * words for blocks, words in _LEVEL_M[version - 1][1])
    length_bits = 8 if version < 10 else 16
    bits = "0100" + format(len(data), f"0{length_bits}b") + "".join(format(byte, "08b") for byte in data)
    bits += "0" * min(4, 8 * room - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return words + bytes(_PAD[number % 2] for number in range(room - len(words)))


def _interleaved(words: bytes, version: int) -> bytes:
    check_size, groups = _LEVEL_M[version - 1]
    blocks, at = [], 0
    for count, size in groups:
        for _ in range(count):
            blocks.append(words[at : at + size])
            at += size
    checks = [_remainder(block, check_size) for block in blocks]
    longest = max(len(block) for block in blocks)
    out = [block[number] for number in range(longest) for block in blocks if number < len(block)]
    return bytes(out + [check[number] for number in range(check_size) for check in checks])


def _multiply(left: int, right: int) -> int:
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ (0x11D if product & 0x80 else 0)
        product ^= left if right >> bit & 1 else 0
    return product


def _remainder(block: bytes, size: int) -> bytes:
    generator, root = [1], 1
    for _ in range(size):
        shifted = [*generator, 0]
        generator = [a ^ b for a, b in zip(shifted, [0, *(_multiply(one, root) for one in generator)], strict=True)]
        root = _multiply(root, 2)
    rest = [0] * size
    for byte in block:
        factor = byte ^ rest[0]
        rest = [a ^ _multiply(b, factor) for a, b in zip([*rest[1:], 0], generator[1:], strict=True)]
    return bytes(rest)


Fixed = list[list[bool | None]]


def _fixed_modules(version: int, size: int) -> Fixed:
    """Everything but data; None where data goes. The places of the format bits are held light."""
    grid: Fixed = [[None] * size for _ in range(size)]
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        _draw_square(grid, row, column, 4, (0, 1, 3))
    centres = _ALIGNED[version - 1]
    corners = {(6, 6), (6, centres[-1]), (centres[-1], 6)} if centres else set()
    for place in sorted({(row, column) for row in centres for column in centres} - corners):
        _draw_square(grid, *place, 2, (0, 2))
    for at in range(8, size - 8):
        grid[6][at] = grid[at][6] = at % 2 == 0
    for at in range(9):
        for row, column in ((8, at), (at, 8)):
            if grid[row][column] is None:
                grid[row][column] = False
    for at in range(8):
        grid[8][size - 1 - at] = False
        grid[size - 1 - at][8] = False
    grid[size - 8][8] = True
    if version >= 7:
        _draw_version(grid, version, size)
    return grid


def _draw_square(grid: Fixed, row: int, column: int, reach: int, dark: tuple[int, ...]) -> None:
    """Rings around a centre; those at a distance in `dark` are dark."""
    size = len(grid)
    for y in range(max(row - reach, 0), min(row + reach, size - 1) + 1):
        for x in range(max(column - reach, 0), min(column + reach, size - 1) + 1):
            grid[y][x] = max(abs(y - row), abs(x - column)) in dark


def _draw_version(grid: Fixed, version: int, size: int) -> None:
    bits = version << 12 | _bch(version, _VERSION_POLYNOMIAL, 12)
    for number in range(18):
        row, column = number // 3, size - 11 + number % 3
        grid[row][column] = grid[column][row] = bool(bits >> number & 1)


def _bch(value: int, polynomial: int, digits: int) -> int:
    rest = value << digits
    while rest.bit_length() >= polynomial.bit_length():
        rest ^= polynomial << (rest.bit_length() - polynomial.bit_length())
    return rest


def _draw_format(matrix: Matrix, mask: int, size: int) -> None:
    """Section 7.9: fifteen bits, twice."""
    value = _FORMAT_LEVEL_M << 3 | mask
    bits = (value << 10 | _bch(value, _FORMAT_POLYNOMIAL, 10)) ^ _FORMAT_MASK
    first = [(at, 8) for at in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, at) for at in (7, 5, 4, 3, 2, 1, 0)]
    second = [(8, size - 1 - at) for at in range(8)] + [(size - 7 + at, 8) for at in range(7)]
    for number in range(15):
        for row, column in (first[number], second[number]):
            matrix[row][column] = bool(bits >> number & 1)


def _filled(fixed: Fixed, codewords: bytes, mask: int, size: int) -> Matrix:
    """Section 7.7.3: zigzag in columns of two from the right, leaping over the timing column."""
    bits = iter("".join(format(word, "08b") for word in codewords))
    matrix = [[bool(module) for module in row] for row in fixed]
    is_upward = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size - 1, -1, -1) if is_upward else range(size):
            for column in (right, right - 1):
                if fixed[row][column] is None:
                    matrix[row][column] = (next(bits, "0") == "1") ^ _is_masked(mask, row, column)
        is_upward = not is_upward
    return matrix


def _is_masked(mask: int, row: int, column: int) -> bool:
    """Section 7.8.2, table 10."""
    product = row * column
    return (
        (row + column) % 2,
        row % 2,
        column % 3,
        (row + column) % 3,
        (row // 2 + column // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        ((row + column) % 2 + product % 3) % 2,
    )[mask] == 0


def _penalty(matrix: Matrix, size: int) -> int:
    """Section 7.8.3: runs, squares, what looks like a finder, and imbalance."""
    lines = [*matrix, *([row[column] for row in matrix] for column in range(size))]
    penalty = sum(_line_penalty(line, size) for line in lines)
    for row in range(size - 1):
        for column in range(size - 1):
            corner = matrix[row][column]
            if corner == matrix[row][column + 1] == matrix[row + 1][column] == matrix[row + 1][column + 1]:
                penalty += 3
    dark = sum(map(sum, matrix))
    return penalty + 10 * (abs(20 * dark - 10 * size * size) // (size * size))


def _line_penalty(line: list[bool], size: int) -> int:
    penalty, run = 0, 1
    for at in range(1, size + 1):
        if at < size and line[at] == line[at - 1]:
            run += 1
            continue
        penalty += run - 2 if run >= 5 else 0
        run = 1
    windows = (tuple(int(one) for one in line[at : at + 11]) for at in range(size - 10))
    return penalty + 40 * sum(window in _FINDER_LIKE for window in windows)
