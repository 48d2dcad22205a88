//! A post-login hook, called over a socket.

use doorward_e2e::{API, Agent, Deployment, Request, Separate, claims, on};
use doorward_proto::hooks::v1::post_login_hook_service_server::{
    PostLoginHookService, PostLoginHookServiceServer,
};
use doorward_proto::hooks::v1::{Denial, PostLoginRequest, PostLoginResponse};
use serde_json::json;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Response, Status};

/// A hook that adds claims to both tokens, and denies sign-ins to an API.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hook {
    /// A JSON object.
    pub(crate) claims: String,
    /// Identifier of an API whose users it denies.
    pub(crate) denied_audience: Option<String>,
}

#[tonic::async_trait]
impl PostLoginHookService for Hook {
    async fn post_login(
        &self,
        request: tonic::Request<PostLoginRequest>,
    ) -> Result<Response<PostLoginResponse>, Status> {
        let request = request.into_inner();
        let denied = self.denied_audience.is_some() && request.audience == self.denied_audience;
        Ok(Response::new(PostLoginResponse {
            denial: denied.then(|| Denial {
                reason: "not this API".to_owned(),
            }),
            id_token_claims_json: Some(self.claims.clone()),
            access_token_claims_json: Some(self.claims.clone()),
            ..PostLoginResponse::default()
        }))
    }
}

/// Serves the hook until the test ends, and restarts the first frontend with it.
pub(crate) async fn call_hook(separate: &Separate, hook: Hook) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = PostLoginHookServiceServer::new(hook);
    let server = Server::builder().add_service(service);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    configure(separate, &format!("http://{address}")).await;
}

async fn on_replicas(story: impl AsyncFnOnce(&Deployment, &Separate)) {
    let deployment = Deployment::Separate(Separate::start().await);
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!("as started")
        };
        story(deployment, separate).await;
    })
    .await;
}

async fn configure(separate: &Separate, address: &str) {
    let settings = format!("\n[backends.post_login_hook]\naddress = \"{address}\"\n");
    assert_eq!(separate.stop("authorize-frontend"), 0);
    separate.configure("authorize-frontend", &settings);
    separate.start_process("authorize-frontend");
    separate.wait_until_well().await;
}

#[tokio::test]
async fn adds_claims_and_denies() {
    on_replicas(async |deployment, separate| {
        let hook = Hook {
            claims: json!({"https://example.com/plan": "gold"}).to_string(),
            denied_audience: Some(API.to_owned()),
        };
        call_hook(separate, hook).await;
        let agent = Agent::new(deployment);
        let user = deployment.add_user();
        let answer = agent.sign_in(&Request::new("id_token token"), &user).await;
        assert_eq!(
            claims(answer.get("id_token"))["https://example.com/plan"],
            "gold"
        );
        let silent = Request::silent("id_token token");
        let answer = agent.authorize(&silent).await.callback();
        assert_eq!(
            claims(answer.get("id_token"))["https://example.com/plan"],
            "gold"
        );
        let answer = agent
            .authorize(&silent.with("audience", API))
            .await
            .callback();
        answer.assert_error("access_denied", "not this API");
    })
    .await;
}

#[tokio::test]
async fn a_missing_hook_is_no_denial() {
    on_replicas(async |deployment, separate| {
        let agent = Agent::new(deployment);
        let user = deployment.add_user();
        agent.sign_in(&Request::new("id_token"), &user).await;
        // Nothing listens on the port of a closed listener.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        configure(separate, &format!("http://{address}")).await;
        let answer = agent
            .authorize(&Request::silent("id_token"))
            .await
            .callback();
        answer.assert_error(
            "temporarily_unavailable",
            "The service is temporarily unavailable, try again",
        );
    })
    .await;
}
