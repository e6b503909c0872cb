"""A person with a browser without scripts: opens pages, fills in forms, presses buttons."""

from urllib.parse import urljoin

import lxml.html


class Reader:
    """`client`: an httpx client that keeps cookies and follows redirects."""

    def __init__(self, client):
        self.client, self.page, self.url = client, None, ""

    def open(self, path):
        return self._read(self.client.get(path))

    def press(self, button, files=None, **values):
        """Send the form of the first button in <main> with these words; `values`: name of the input → value."""
        form, pressed = self._form(button)
        fields = {name: value for name, value in form.form_values()} | values
        if pressed.get("name"):
            fields[pressed.get("name")] = pressed.get("value", "")
        action = urljoin(self.url, form.get("action") or self.url)
        return self._read(
            self.client.post(action, data=fields, files=files, headers={"Origin": self.origin, "Referer": self.url})
        )

    def _form(self, button):
        for form in self.page.xpath("//main//form"):
            for one in form.xpath(".//button"):
                if " ".join(one.text_content().split()).startswith(button):
                    return form, one
        raise AssertionError(f"no button «{button}» at {self.url}: {self.words()[:600]}")

    def _read(self, response):
        assert response.status_code == 200, f"{response.status_code} {response.url}: {response.text[:500]}"
        self.response, self.url = response, str(response.url)
        self.origin = f"{response.url.scheme}://{response.url.netloc.decode()}"
        self.page = lxml.html.fromstring(response.text)
        return self

    def inputs(self, kind):
        """The names of the inputs of this kind in <main>."""
        return self.page.xpath(f"//main//input[@type='{kind}']/@name")

    def choices(self, *values):
        """{name: value} of the radio buttons with one of these values."""
        return {
            one.get("name"): one.get("value")
            for one in self.page.xpath("//main//input[@type='radio']")
            if one.get("value") in values
        }

    def words(self):
        return " ".join(self.page.xpath("//main")[0].text_content().split())
