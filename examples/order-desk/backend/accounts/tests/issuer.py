"""An OpenID Connect provider for tests, on loopback, with a certificate that nobody trusts without being told to."""

import json
import ssl
import tempfile
import threading
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "order-desk", "the-client-secret"


class FakeIssuer:
    """Attributes are there to be changed by tests: who logs in, and how the provider misbehaves."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.ca_file = f"{self._folder.name}/ca.pem"
        key_file = f"{self._folder.name}/key.pem"
        _write_certificate(self.ca_file, key_file)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.ca_file, key_file)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.issuer = f"https://127.0.0.1:{self._server.server_port}"
        self.reset()

    def reset(self):
        self.signing_key = self.published_key = ECKey.generate_key("P-256", auto_kid=True)
        self.calls_itself = self.issuer
        self.id_token = {}
        self.userinfo = {"sub": "ada", "email": "ada@example.com"}
        self.token_error = None
        self._codes = {}

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def authorize(self, address):
        """What the browser would be sent back to after the person has logged in: callback address with query."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self._codes)}"
        self._codes[code] = query
        return f"{query['redirect_uri']}?code={code}&state={query['state']}"

    def answer(self, path, form, headers):
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.calls_itself,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["ES256"],
            }
        if path == "/jwks":
            return 200, {"keys": [self.published_key.as_dict(private=False)]}
        if path == "/userinfo":
            return 200, self.userinfo
        if path == "/token":
            return self._exchange(form, headers)
        return 404, {}

    def _exchange(self, form, headers):
        credentials = b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if headers["Authorization"] != f"Basic {credentials}":
            return 401, {"error": "invalid_client"}
        if self.token_error:
            return 400, {"error": self.token_error, "error_description": "as the test wants it"}
        asked = self._codes.pop(form.get("code"), None)
        if (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != create_s256_code_challenge(form.get("code_verifier", ""))
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            **self.id_token,
        }
        token = jwt.encode({"alg": "ES256", "kid": self.signing_key.kid}, claims, self.signing_key)
        return 200, {"token_type": "Bearer", "access_token": sha256(token.encode()).hexdigest(), "id_token": token}


def _handler(issuer):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form):
            status, content = issuer.answer(urlsplit(self.path).path, form, self.headers)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *arguments):
            pass

    return Handler


def _write_certificate(certificate_file, key_file):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer of the tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    with open(certificate_file, "wb") as file:
        file.write(certificate.public_bytes(pem))
    with open(key_file, "wb") as file:
        no_encryption = serialization.NoEncryption()
        file.write(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_encryption))
