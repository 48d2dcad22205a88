//! SEC-175, SEC-177, SEC-181: who may call what.

use std::future::poll_fn;

use doorward_e2e::{Agent, Separate};
use doorward_proto::identity::v1::VerifyPasswordRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::{GetJwksRequest, SignTokensRequest};
use reqwest::Method;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::Request as HttpRequest;
use tonic::{Code, Request};

use super::super::fixture::silent;
use super::{FRONTEND, on_services, servers, wait_for_log};

/// The code of `SignTokens` for a caller with that certificate, and with this metadata. The request itself is invalid.
async fn sign(separate: &Separate, caller: &str, metadata: Option<(&'static str, &str)>) -> Code {
    let channel = separate.channel_as("token-signing", caller);
    let mut request = Request::new(SignTokensRequest::default());
    if let Some((name, value)) = metadata {
        request.metadata_mut().insert(name, value.parse().unwrap());
    }
    let mut client = TokenSigningServiceClient::new(channel);
    client.sign_tokens(request).await.unwrap_err().code()
}

#[tokio::test]
async fn sec_175_a_service_cannot_call_what_is_not_for_it() {
    on_services(async |deployment, separate| {
        assert_eq!(sign(separate, FRONTEND, None).await, Code::InvalidArgument);
        for caller in [
            "organization",
            "session",
            "commands",
            "demo",
            "token-signing",
            "redis",
        ] {
            assert_eq!(
                sign(separate, caller, None).await,
                Code::PermissionDenied,
                "{caller}"
            );
        }
        let user = deployment.add_user();
        let mut passwords =
            IdentityServiceClient::new(separate.channel_as("identity", "organization"));
        let request = VerifyPasswordRequest {
            password: user.password,
            ..VerifyPasswordRequest::default()
        };
        let refused = passwords.verify_password(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        let mut keys = TokenSigningServiceClient::new(separate.channel_as("token-signing", "demo"));
        keys.get_jwks(GetJwksRequest {}).await.unwrap();

        for method in [
            "/doorward.token_signing.v1.TokenSigningService/SignTokens",
            "/doorward.identity.v1.IdentityService/VerifyPassword",
        ] {
            wait_for_log(
                deployment,
                &["call refused", "peer=\"organization\"", method],
            )
            .await;
        }
    })
    .await;
}

/// Names in metadata do not count, and those of a browser do not reach a service.
#[tokio::test]
async fn sec_177_metadata_names_no_caller_and_no_user() {
    on_services(async |deployment, separate| {
        for name in [
            "x-user-id",
            "x-internal",
            "x-forwarded-client-cert",
            "x-ssl-client-s-dn",
        ] {
            for value in [FRONTEND, "DNS=authorize-frontend", "true"] {
                let code = sign(separate, "organization", Some((name, value))).await;
                assert_eq!(code, Code::PermissionDenied, "{name}: {value}");
            }
        }
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        for name in ["x-user-id", "x-internal", "x-authenticated-user"] {
            let sent = agent.request(Method::GET, "/authorize");
            let sent = sent
                .query(silent("token").parameters())
                .header(name, &user.email);
            let page = agent.send(sent).await;
            let location = page.location().expect("an answer at the callback");
            assert!(
                location.as_str().contains("login_required"),
                "{name}: {location}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_181_there_are_no_other_services() {
    on_services(async |_, separate| {
        for process in servers() {
            for method in [
                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                "grpc.channelz.v1.Channelz/GetTopChannels",
                "envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus",
                "grpc.admin.v1.Admin/Get",
                "doorward.debug.v1.Debug/Get",
            ] {
                let code = call(separate, process, method).await;
                assert_eq!(code, Some(Code::Unimplemented), "{process} {method}");
            }
        }
    })
    .await;
}

/// The code of a call of any method, in the name of the frontend.
async fn call(separate: &Separate, process: &'static str, method: &str) -> Option<Code> {
    let mut channel = separate.channel_as(process, FRONTEND);
    poll_fn(|cx| channel.poll_ready(cx)).await.ok()?;
    let request = HttpRequest::post(format!("https://{process}/{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Body::empty());
    let answer = channel.call(request.unwrap()).await.ok()?;
    let code = answer.headers().get("grpc-status")?;
    Some(Code::from_bytes(code.as_bytes()))
}
