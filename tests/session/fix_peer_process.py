"""The package `quickfix` as a process: `fix_peer_process.py KIND PORT FOLDER DICTIONARY`, commands on stdin.

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
DataDictionary={dictionary}
FileStorePath={folder}
[SESSION]
BeginString=FIX.4.4
ConnectionType={kind}
SenderCompID=PEER
TargetCompID=US
{more}
"""


class Application(quickfix.Application):
    """Answers each order with a fill and remembers what came."""

    def __init__(self):
        super().__init__()
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
        fields = [(37, f"O{number}"), (11, number), (17, f"E{number}"), (150, "F"), (39, "2"), (55, "005930")]
        fields += [(54, "1"), (38, "10"), (32, "10"), (31, "71000"), (151, "0"), (14, "10"), (6, "71000")]
        quickfix.Session.sendToTarget(a_message("8", [*fields, (60, "20261123-00:00:00")]), session_id)


def a_message(msg_type, fields):
    message = quickfix.Message()
    message.getHeader().setField(35, msg_type)
    for tag, value in fields:
        message.setField(tag, value)
    return message


def order(number):
    return [(11, str(number)), (55, "005930"), (54, "1"), (60, "20261123-00:00:00"), (38, "10"), (40, "1")]


def main(kind, port, folder, dictionary):
    initiator = f"SocketConnectHost=127.0.0.1\nSocketConnectPort={port}"
    more = f"SocketAcceptPort={port}" if kind == "acceptor" else initiator
    path = Path(folder) / "peer.cfg"
    path.write_text(SETTINGS.format(dictionary=dictionary, folder=folder, kind=kind, more=more))
    settings, application = quickfix.SessionSettings(str(path)), Application()
    store = quickfix.MemoryStoreFactory()
    maker = quickfix.SocketAcceptor if kind == "acceptor" else quickfix.SocketInitiator
    engine = maker(application, store, settings)
    engine.start()
    for line in sys.stdin:
        words = line.split()
        if words[0] == "orders":
            for number in range(int(words[1]), int(words[2]) + 1):
                quickfix.Session.sendToTarget(a_message("D", order(number)), application.session_id)
        answers = {"orders": "sent", "ready": "ready"}
        print(answers.get(words[0]) or " ".join(application.received), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
