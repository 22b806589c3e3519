"""The package `quickfix` as a process: `fix_peer_process.py KIND PORT FOLDER DICTIONARIES BEGIN_STRING`; commands on
stdin. DICTIONARIES is the folder with its XML files.

ready                 answers "ready" when the engine runs
orders FIRST LAST     sends NewOrderSingle(D) with these ClOrdIDs, answers "sent"
received              the ClOrdIDs or ExecIDs that its application got, on one line
"""

import sys
from pathlib import Path

import quickfix

SETTINGS = """[DEFAULT]
StartTime=00:00:00
EndTime=00:00:00
HeartBtInt=5
ReconnectInterval=1
UseDataDictionary=Y
{dictionaries}
FileStorePath={folder}
[SESSION]
BeginString={begin_string}
ConnectionType={kind}
SenderCompID=PEER
TargetCompID=US
{more}
"""


DICTIONARIES = {
    "FIX.4.2": "DataDictionary={folder}/FIX42.xml",
    "FIX.4.4": "DataDictionary={folder}/FIX44.xml",
    "FIXT.1.1": (
        "TransportDataDictionary={folder}/FIXT11.xml\nAppDataDictionary={folder}/FIX50SP2.xml\n"
        "DefaultApplVerID=FIX.5.0SP2"
    ),
}


class Application(quickfix.Application):
    """Answers each order with a fill and remembers what came."""

    def __init__(self, begin_string):
        super().__init__()
        self.begin_string = begin_string
        self.received = []
        self.session_id = None

    def onCreate(self, session_id):
        self.session_id = session_id

    def onLogon(self, session_id): ...
    def onLogout(self, session_id): ...
    def toAdmin(self, message, session_id): ...
    def fromAdmin(self, message, session_id): ...
    def toApp(self, message, session_id): ...

    def fromApp(self, message, session_id):
        if message.getHeader().getField(35) != "D":
            self.received.append(message.getField(17))
            return
        number = message.getField(11)
        self.received.append(number)
        quickfix.Session.sendToTarget(a_message("8", report(number, self.begin_string)), session_id)


def a_message(msg_type, fields):
    message = quickfix.Message()
    message.getHeader().setField(35, msg_type)
    for tag, value in fields:
        message.setField(tag, value)
    return message


def order(number, begin_string):
    """NewOrderSingle(D) as the version wants it."""
    fields = [(11, str(number)), (55, "005930"), (54, "1"), (60, "20261123-00:00:00"), (38, "10"), (40, "1")]
    return [*fields, (21, "1")] if begin_string == "FIX.4.2" else fields


def report(number, begin_string):
    """ExecutionReport(8) of a fill as the version wants it: FIX 4.2 has ExecTransType and another ExecType."""
    fields = [(37, f"O{number}"), (11, number), (17, f"E{number}"), (39, "2"), (55, "005930"), (54, "1"), (38, "10")]
    fields += [(32, "10"), (31, "71000"), (151, "0"), (14, "10"), (6, "71000"), (60, "20261123-00:00:00")]
    own = [(150, "2"), (20, "0")] if begin_string == "FIX.4.2" else [(150, "F")]
    return [*fields, *own]


def main(kind, port, folder, dictionaries, begin_string):
    initiator = f"SocketConnectHost=127.0.0.1\nSocketConnectPort={port}"
    more = f"SocketAcceptPort={port}" if kind == "acceptor" else initiator
    path = Path(folder) / "peer.cfg"
    found = DICTIONARIES[begin_string].format(folder=dictionaries)
    text = SETTINGS.format(dictionaries=found, folder=folder, kind=kind, more=more, begin_string=begin_string)
    path.write_text(text)
    settings, application = quickfix.SessionSettings(str(path)), Application(begin_string)
    store = quickfix.MemoryStoreFactory()
    maker = quickfix.SocketAcceptor if kind == "acceptor" else quickfix.SocketInitiator
    engine = maker(application, store, settings)
    engine.start()
    for line in sys.stdin:
        words = line.split()
        if words[0] == "orders":
            for number in range(int(words[1]), int(words[2]) + 1):
                quickfix.Session.sendToTarget(a_message("D", order(number, begin_string)), application.session_id)
        answers = {"orders": "sent", "ready": "ready"}
        print(answers.get(words[0]) or " ".join(application.received), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
