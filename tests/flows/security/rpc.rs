//! Calls `session` like the frontend.

use doorward_e2e::{Deployment, Replica};
use doorward_proto::common::v1::User;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{
    ListSessionsRequest, OpenSessionRequest, OpenSessionResponse, ResolveSessionRequest, Session,
    SessionLimits,
};
use doorward_service_kit::grpc::Channel;

/// A client of one of the two replicas.
pub(super) fn sessions(deployment: &Deployment, replica: Replica) -> SessionServiceClient<Channel> {
    SessionServiceClient::new(deployment.channel("session", replica))
}

/// Limits longer than any test.
pub(super) const LONG: SessionLimits = SessionLimits {
    absolute_seconds: 3_600,
    idle_seconds: 3_600,
};

/// Opens a session after a sign-in.
pub(super) async fn open(
    sessions: &mut SessionServiceClient<Channel>,
    user: &User,
    limits: SessionLimits,
) -> OpenSessionResponse {
    let request = OpenSessionRequest {
        user: Some(user.clone()),
        connection: "users".to_owned(),
        limits: Some(limits),
        persistent: true,
        ..OpenSessionRequest::default()
    };
    sessions.open_session(request).await.unwrap().into_inner()
}

/// The session of a cookie, and its user.
pub(super) async fn resolve(
    sessions: &mut SessionServiceClient<Channel>,
    session_token: &str,
) -> (Session, User) {
    let request = ResolveSessionRequest {
        session_token: session_token.to_owned(),
        limits: Some(LONG),
        ephemeral_limits: Some(LONG),
        ..ResolveSessionRequest::default()
    };
    let found = sessions.resolve_session(request).await.unwrap();
    let found = found.into_inner();
    (found.session.unwrap(), found.user.unwrap())
}

/// The live sessions of a user. Listing does not extend them.
pub(super) async fn list(
    sessions: &mut SessionServiceClient<Channel>,
    user_id: &str,
) -> Vec<Session> {
    let request = ListSessionsRequest {
        user_id: user_id.to_owned(),
        limits: Some(LONG),
        ephemeral_limits: Some(LONG),
    };
    let listed = sessions.list_sessions(request).await.unwrap();
    listed.into_inner().sessions
}
