"""The Streamlit process with a tab that is open in it, without a browser."""

from __future__ import annotations

import base64
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.faults.ground import ROOT

_START_SECONDS = 90.0


class App:
    """`streamlit run app.py` on a library. It answers when this returns."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.log = folder.parent / f"app-{self.port}.log"
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--server.port", str(self.port), "--server.headless", "true"],
                cwd=ROOT,
                env={**os.environ, "EXPLORER_HOME": str(folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._tabs: list[socket.socket] = []
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the app did not start"
            time.sleep(0.1)

    def open_tab(self, page: str = "") -> None:
        """Open a page as a browser does: its script runs, and goes on as long as the tab is open."""
        tab = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self._tabs.append(tab)
        key = base64.b64encode(os.urandom(16)).decode()
        asked = (
            f"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nOrigin: http://127.0.0.1:{self.port}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: streamlit\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        tab.sendall(asked.encode())
        answer = tab.recv(4096)
        assert b" 101 " in answer.split(b"\r\n")[0], answer
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = page
        text = message.SerializeToString()
        assert len(text) < 126
        tab.sendall(struct.pack("!BB", 0x82, 0x80 | len(text)) + bytes(4) + text)  # masked with zeros
        threading.Thread(target=_drain, args=(tab,), daemon=True).start()

    def stop(self) -> None:
        """End it as Ctrl-C does; killed when it does not."""
        for tab in self._tabs:
            tab.close()
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _drain(tab: socket.socket) -> None:
    tab.settimeout(None)
    try:
        while tab.recv(1 << 16):
            pass
    except OSError:
        return
