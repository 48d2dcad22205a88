"""A post-login hook of Doorward: adds a claim, and denies what the rules below deny.

Usage: python hook.py [--listen HOST:PORT] [--certificates FOLDER]
"""

import argparse
import json
import sys
from concurrent import futures

import grpc

from doorward.hooks.v1 import post_login_pb2, post_login_pb2_grpc

PLAN = "https://example.com/plan"


class PostLoginHook(post_login_pb2_grpc.PostLoginHookServiceServicer):
    def PostLogin(self, request, context):
        if not is_frontend(context):
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not for this caller")
        response = post_login_pb2.PostLoginResponse()
        user = json.loads(request.user.claims_json)
        app_metadata = json.loads(request.user.app_metadata_json or "{}")

        if app_metadata.get("suspended"):
            response.denial.reason = "This account is suspended"
            return response

        claims = {PLAN: app_metadata.get("plan", "free")}
        response.id_token_claims_json = json.dumps(claims)
        response.access_token_claims_json = json.dumps(claims)

        # Without a verified address, a user may read but not write.
        if not user.get("email_verified"):
            granted = request.granted_scopes
            response.removed_scopes.extend(s for s in granted if s.startswith("write:"))
        return response


def is_frontend(context):
    """Every process of Doorward has a certificate of the same authority; its name says which one calls."""
    peer = context.auth_context()
    if not peer.get("transport_security_type"):
        return True  # plain gRPC on this machine
    return b"authorize-frontend" in peer.get("x509_subject_alternative_name", [])


def credentials(folder):
    """TLS that asks for the certificate of the caller."""

    def read(name):
        with open(f"{folder}/{name}", "rb") as file:
            return file.read()

    return grpc.ssl_server_credentials(
        [(read("tls.key"), read("tls.crt"))],
        root_certificates=read("ca.crt"),
        require_client_auth=True,
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--listen", default="127.0.0.1:7100")
    arguments.add_argument("--certificates", metavar="FOLDER")
    options = arguments.parse_args()

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    post_login_pb2_grpc.add_PostLoginHookServiceServicer_to_server(PostLoginHook(), server)
    if options.certificates:
        server.add_secure_port(options.listen, credentials(options.certificates))
    else:
        server.add_insecure_port(options.listen)
    server.start()
    print(f"the hook listens on {options.listen}", file=sys.stderr, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
