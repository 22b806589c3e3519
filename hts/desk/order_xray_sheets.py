"""An order under the x-ray as sheets for a file: all of it in the first one, then the tables, messages and fields.

A CSV file has the first sheet alone, so that holds everything but the bytes.
"""

from collections.abc import Sequence
from typing import Any

from hts.desk.figures import px_text, qty_text
from hts.desk.order_xray import UNKNOWN, took_text
from hts.desk.order_xray_state import Xray
from hts.desk.order_xray_wire import message_rows
from hts.desk.table_export import cell, lines_of
from hts.desk.tables import Column
from hts.desk.texts import Texts

Lines = list[list[str]]
Sheet = tuple[str, Lines]
Columns = Sequence[Column[Any]]


def xray_sheets(
    xray: Xray, texts: Texts, px_decimals: int, *, seen: Columns, plans: Columns, messages: Columns
) -> list[Sheet]:
    """The columns are those that were chosen for the tables."""
    whole = [*_whole(xray, texts), *_routing(xray, texts), *_reports(xray, texts, px_decimals)]
    found: list[Sheet] = [(texts("order_xray.title"), whole)]
    if xray.route is not None:
        found.append((texts("order_xray.router"), lines_of(seen, xray.route.seen)))
        found.append((texts("order_xray.plans"), lines_of(plans, xray.route.plans)))
    if xray.messages:
        found.append((texts("order_xray.wire"), lines_of(messages, message_rows(xray.messages, xray.start_ns))))
        found.append((texts("order_xray.fields"), _fields(xray, texts)))
    return found


def _whole(xray: Xray, texts: Texts) -> Lines:
    """Head, verdict, figures, why it was refused, hops against budgets, rules."""
    way, rules = texts("order_xray.way"), texts("order_xray.checks")
    lines = [[texts(f"order_xray.sheet.{key}") for key in ("part", "name", "value", "limit")]]
    lines += [["", texts("order_xray.sheet.verdict"), xray.head.verdict, ""]]
    lines += [["", texts("order_xray.sheet.route"), xray.head.route, ""]]
    lines += [["", texts("order_xray.sheet.order"), str(xray.view.order_id), ""]]
    lines += [["", fact.label, cell(fact.value), ""] for fact in xray.facts]
    lines += [[texts("order_xray.why.title"), row.label, cell(row.value), ""] for row in xray.why]
    for hop in xray.way.hops:
        took = took_text(hop.took_ns) if hop.took_ns != UNKNOWN else ""
        lines.append([way, texts(f"hop.{hop.hop.value}"), took, took_text(hop.budget_ns)])
    for span in xray.way.spans:
        took = took_text(span.took_ns) if span.took_ns != UNKNOWN else ""
        lines.append([way, texts(span.key), took, took_text(span.budget_ns)])
    for row in xray.checks:
        said = texts("order_xray.rule_passed" if row.is_passed else "order_xray.rule_refused").rstrip(": ")
        lines.append([rules, row.name, said, cell(row.figure)])
    return lines


def _routing(xray: Xray, texts: Texts) -> Lines:
    route = xray.route
    if route is None:
        return []
    part = texts("order_xray.plans")
    return [[part, plan.name, cell(plan.cost), plan.why or cell(plan.difference)] for plan in route.plans]


def _reports(xray: Xray, texts: Texts, px_decimals: int) -> Lines:
    lines, part = [], texts("order_xray.reports")
    for one in xray.trace.told if xray.trace is not None else ():
        at = f"+{took_text(one.mono_ns - xray.start_ns)}" if xray.start_ns else ""
        fill = f"{qty_text(one.qty)} @ {px_text(one.px, px_decimals)}" if one.qty else ""
        lines.append([part, texts(f"exec_type.{one.exec_type.name.lower()}"), fill, at])
    return lines


def _fields(xray: Xray, texts: Texts) -> Lines:
    """Every field of every message, with the place of its bytes."""
    keys = ("number", "message", "field", "value", "offset", "length", "bytes")
    lines = [[texts(f"order_xray.sheet.{key}") for key in keys]]
    for number, message in enumerate(xray.messages, 1):
        for field in message.fields:
            data = message.data[field.offset : field.offset + field.length].hex(" ")
            place = [str(field.offset), str(field.length), data]
            lines.append([str(number), message.name, field.name, cell(field.value), *place])
    return lines
