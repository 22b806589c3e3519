"""The package `quickfix` as a trader: `fix_trader_process.py FOLDER DICTIONARIES`, profiles and commands on stdin.

logon NAME PROFILE    PROFILE is JSON: begin_string, sender_comp_id, target_comp_id, password, host, port
say NAME MSG_TYPE FIELDS   FIELDS is JSON: [[tag, value], ...], a group as [count_tag, [[[tag, value], ...], ...]]
heard NAME            everything that the session's application got since the last time, JSON: [{tag: value}, ...]
stop NAME             the engine of the session ends, with a Logout
Each command is answered with one line.
"""

import json
import sys
from pathlib import Path

import quickfix

SETTINGS = """[DEFAULT]
ConnectionType=initiator
StartTime=00:00:00
EndTime=00:00:00
HeartBtInt=5
ReconnectInterval=1
UseDataDictionary=Y
FileStorePath={folder}
SocketConnectHost={host}
SocketConnectPort={port}
[SESSION]
BeginString={begin_string}
SenderCompID={sender_comp_id}
TargetCompID={target_comp_id}
{dictionaries}
"""
DICTIONARIES = {
    "FIX.4.4": "DataDictionary={folder}/FIX44.xml",
    "FIXT.1.1": "DefaultApplVerID=9\nTransportDataDictionary={folder}/FIXT11.xml\n"
    "AppDataDictionary={folder}/FIX50SP2.xml",
}


class Application(quickfix.Application):
    """Remembers what came."""

    def __init__(self, password):
        super().__init__()
        self.password = password
        self.session_id = None
        self.heard = []  # only ever grows: the engine's thread appends
        self.told = 0

    def onCreate(self, session_id):
        self.session_id = session_id

    def onLogon(self, session_id):
        self.heard.append({"35": "A"})

    def onLogout(self, session_id):
        self.heard.append({"35": "5"})

    def toAdmin(self, message, session_id):
        if message.getHeader().getField(35) == "A":
            message.setField(554, self.password)

    def fromAdmin(self, message, session_id):
        if message.getHeader().getField(35) == "3":
            self.heard.append(fields_of(message))

    def toApp(self, message, session_id): ...

    def fromApp(self, message, session_id):
        self.heard.append(fields_of(message))


def fields_of(message):
    """The last value of each tag; `entries` are the MDEntryTypes(269) in order."""
    pairs = [part.partition("=") for part in message.toString().split("\x01") if part]
    found = {tag: value for tag, _, value in pairs}
    found["entries"] = "".join(value for tag, _, value in pairs if tag == "269")
    return found


def a_message(msg_type, fields):
    message = quickfix.Message()
    message.getHeader().setField(35, msg_type)
    for tag, value in fields:
        if isinstance(value, str):
            message.setField(tag, value)
            continue
        for entry in value:
            group = quickfix.Group(tag, entry[0][0])
            for inner, text in entry:
                group.setField(inner, text)
            message.addGroup(group)
    return message


def main(folder, dictionaries):
    engines, applications = {}, {}
    for line in sys.stdin:
        words = line.split(maxsplit=3)
        name = words[1]
        if words[0] == "logon":
            profile = json.loads(line.split(maxsplit=2)[2])
            text = DICTIONARIES[profile["begin_string"]].format(folder=dictionaries)
            path = Path(folder) / f"{name}.cfg"
            path.write_text(SETTINGS.format(folder=f"{folder}/{name}", dictionaries=text, **profile))
            application = applications[name] = Application(profile["password"])
            settings = quickfix.SessionSettings(str(path))
            store = quickfix.FileStoreFactory(settings)
            engines[name] = (quickfix.SocketInitiator(application, store, settings), store, settings)
            engines[name][0].start()
            print("started", flush=True)
        elif words[0] == "say":
            application = applications[name]
            quickfix.Session.sendToTarget(a_message(words[2], json.loads(words[3])), application.session_id)
            print("said", flush=True)
        elif words[0] == "heard":
            application = applications[name]
            heard = application.heard[application.told :]
            application.told += len(heard)
            print(json.dumps(heard), flush=True)
        else:
            engines.pop(name)[0].stop()
            print("stopped", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
