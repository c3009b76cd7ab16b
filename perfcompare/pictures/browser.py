"""The headless Chromium of the pictures and the browser tests. It must be installed here: nothing is downloaded."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from perfcompare.core.errors import EnvironmentProblem

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
DRIVERS: Final = ("chromedriver", "chromium.chromedriver")
OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
)


class Page:
    """One tab. `driver` is selenium's."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def resize(self, width: int, height: int) -> None:
        """The size of what is seen, in pixels; a window could not be as narrow as a phone."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def media(self, **features: str) -> None:
        """Pretend that the reader prefers something, e.g. `prefers_color_scheme="dark"`."""
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})

    def offline(self) -> None:
        """Refuse every connection from now on."""
        limits = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", limits)

    def open(self, address: str) -> None:
        """Load it and wait until it is there."""
        self.driver.get(address)

    def run(self, script: str, *values: Any) -> Any:
        """What a function body in JavaScript returns."""
        return self.driver.execute_script(script, *values)

    def complaints(self) -> list[str]:
        """What the console said since it was last asked, warnings and worse."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]

    def sign_in(self, session: Mapping[str, str]) -> None:
        """Carry these cookies on the host of the open page."""
        for name, value in session.items():
            self.driver.add_cookie({"name": name, "value": value})

    def picture(self, element: str | None = None) -> bytes:
        """A PNG of what is seen, or of the first element of a selector."""
        clip: dict[str, Any] = {}
        if element is not None:
            script = "const r = document.querySelector(arguments[0]).getBoundingClientRect();"
            box = self.run(f"{script} return [r.x + scrollX, r.y + scrollY, r.width, r.height]", element)
            clip = {"captureBeyondViewport": True}
            clip["clip"] = {**dict(zip(("x", "y", "width", "height"), box, strict=True)), "scale": 1}
        found = self.driver.execute_cdp_cmd("Page.captureScreenshot", clip)
        return base64.b64decode(found["data"])


@contextmanager
def opened() -> Iterator[Page]:
    """A browser for the duration; EnvironmentProblem says how to get what is missing."""
    try:
        from selenium import webdriver
    except ImportError as error:
        raise EnvironmentProblem("Selenium is not installed. Run: pip install -r requirements-dev.txt") from error
    options = webdriver.ChromeOptions()
    options.binary_location = _found(PROGRAMS)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for option in OPTIONS:
        options.add_argument(option)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(_found(DRIVERS)))
    try:
        yield Page(driver)
    finally:
        driver.quit()


def _found(names: tuple[str, ...]) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    raise EnvironmentProblem(
        f"{names[0]} is not installed here. As root run .ci/browser, or: sudo apt-get install chromium chromium-driver"
    )
