"""Authlib, which nobody here wrote, against the OpenID Provider at SITE: the whole way of CLIENT with SECRET, and what must not be."""

import html
import os
import re
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oidc.core import CodeIDToken
from authlib.jose import JsonWebKey, jwt

SITE = os.environ["SITE"]
CALLBACK = "https://app.example.gov.cn/callback"
VERIFIER = "authlib-" + "v" * 48

provider = requests.get(f"{SITE}/.well-known/openid-configuration", timeout=30).json()
assert provider["issuer"] == SITE


class Browser:
    """A browser without script."""

    def __init__(self):
        self.session = requests.Session()
        self.page = ""

    def go(self, method, address, data=None):
        """Goes on as it is led; gives the address outside, or nothing."""
        for _ in range(10):
            if not address.startswith(("/", SITE)):
                return address
            address = SITE + address if address.startswith("/") else address
            answer = self.session.request(method, address, data=data, allow_redirects=False, timeout=30)
            self.page = answer.text
            refresh = re.search(r'http-equiv="refresh" content="0;url=([^"]*)"', self.page)
            on = answer.headers.get("location") or (refresh and html.unescape(refresh[1]))
            if not on:
                return None
            method, address, data = "GET", on, None
        raise AssertionError("led around in circles")

    def field(self, name):
        return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', self.page)[1])

    def agree(self, address):
        outside = self.go("GET", address)
        if outside:
            return outside
        scopes = re.findall(r'name="scope" value="(\w+)"', self.page)
        form = {"csrf": self.field("csrf"), "request": self.field("request"), "decision": "agree", "scope": scopes}
        return self.go("POST", "/authorize", form)


def client(**more):
    return OAuth2Session(
        os.environ["CLIENT"],
        os.environ["SECRET"],
        scope="openid profile",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        **more,
    )


def refused(code, act):
    try:
        act()
    except OAuthError as error:
        assert error.error == code, error
    else:
        raise AssertionError(f"was not refused with {code}")


browser = Browser()
browser.go("GET", "/login")
browser.go("POST", "/login", {"csrf": browser.field("csrf"), "login": "xiaomei", "password": "yiwang-demo-1", "next": ""})

# The whole way.
them = client()
address, state = them.create_authorization_url(provider["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1")
answer = browser.agree(address)
assert parse_qs(urlsplit(answer).query)["iss"] == [SITE]
given = them.fetch_token(provider["token_endpoint"], authorization_response=answer, code_verifier=VERIFIER, state=state)
keys = JsonWebKey.import_key_set(requests.get(provider["jwks_uri"], timeout=30).json())
options = {"iss": {"essential": True, "value": SITE}, "aud": {"essential": True, "value": os.environ["CLIENT"]}}
said = jwt.decode(given["id_token"], keys, claims_cls=CodeIDToken, claims_options=options, claims_params={"nonce": "n-1"})
said.validate()
who = them.get(provider["userinfo_endpoint"]).json()
assert who["sub"] == said["sub"] and who["name"] == "周晓梅", who

# A code is good once; what came of it ends with its second use.
refused("invalid_grant", lambda: client().fetch_token(
    provider["token_endpoint"], authorization_response=answer, code_verifier=VERIFIER))
told = them.introspect_token(provider["introspection_endpoint"], token=given["access_token"]).json()
assert told == {"active": False}, told

# A verifier of somebody else, and a state of somebody else.
them = client()
address, state = them.create_authorization_url(provider["authorization_endpoint"], code_verifier=VERIFIER)
answer = browser.agree(address)
refused("invalid_grant", lambda: client().fetch_token(
    provider["token_endpoint"], authorization_response=answer, code_verifier=VERIFIER[::-1]))
given = them.fetch_token(provider["token_endpoint"], authorization_response=answer, code_verifier=VERIFIER)

# Renewed, given back, and good no more.
again = them.refresh_token(provider["token_endpoint"], refresh_token=given["refresh_token"])
assert again["access_token"] != given["access_token"]
them.revoke_token(provider["revocation_endpoint"], token=again["refresh_token"], token_type_hint="refresh_token")
refused("invalid_grant", lambda: client().refresh_token(provider["token_endpoint"], refresh_token=again["refresh_token"]))

print("all well")
