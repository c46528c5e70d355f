"""A headless Chromium that opens one file and says what it saw: messages, requests, sizes, colours."""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WAIT = 60.0
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Chromium:
    """What tests ask of a browser. `driver` is Selenium's."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def devtools(self, method: str, **parameters: Any) -> Any:
        return self.driver.execute_cdp_cmd(method, parameters)

    def ask(self, script: str, *arguments: Any) -> Any:
        """What a script returns that runs in the page."""
        return self.driver.execute_script(script, *arguments)

    def look(self, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "") -> None:
        """As a screen of that size, in that theme; `media` may be print."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.devtools("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def open(self, file: Path) -> None:
        """Open a file, and forget what was said before; returns when the page has drawn itself."""
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)
        self.driver.get(file.resolve().as_uri())
        self.until("return 'ready' in document.documentElement.dataset")

    def until(self, script: str) -> None:
        """Wait for what a script says to be so."""
        deadline = time.monotonic() + WAIT
        while not self.ask(script):
            assert time.monotonic() < deadline, (
                f"still not so after {WAIT:.0f} s: {script}; {self.messages()}"
            )
            time.sleep(0.05)

    def messages(self) -> list[str]:
        """Everything on the console since the page was opened or asked last."""
        return [f"{entry['level']} {entry['message']}" for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Every address that pages asked for since the last `open`, data: apart."""
        logged = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [
            each["params"]["request"]["url"]
            for each in logged
            if each["method"] == "Network.requestWillBeSent"
        ]
        return [address for address in asked if not address.startswith(("data:", "chrome:"))]

    def pdf(self) -> bytes:
        """The page as it prints."""
        printed = self.devtools("Page.printToPDF", preferCSSPageSize=True)
        return base64.b64decode(printed["data"])


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A browser with a profile of its own; where there is none, a skip, and in CI (CI=true) a failure."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        reason = "needs Chromium and its driver: apt-get install chromium chromium-driver"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = browser
        for switch in (*SWITCHES, f"--user-data-dir={profile}"):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        started = webdriver.Chrome(options=options, service=Service(driver))
        started.set_script_timeout(WAIT)
        try:
            yield Chromium(started)
        finally:
            started.quit()
