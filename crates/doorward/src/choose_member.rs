//! Finds the users that a command makes members, or that are members.

use doorward_proto::common::v1::User;
use doorward_proto::identity::v1::FindUserRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_service_kit::grpc::Channel;

use crate::choose_user::choose_user;
use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// Separates the provider and the rest in ids of users; no email has it.
const ID_SEPARATOR: char = '|';

/// The user of a command.
#[derive(Debug, clap::Args)]
pub(crate) struct MemberArgs {
    /// Email of the user, or the id, for example `auth0|66a1b2c3d4e5f60718293a4b`
    #[arg(value_name = "USER")]
    user: String,
    /// Connection that the user belongs to, when several users have that email
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
}

impl MemberArgs {
    /// The user, who must exist.
    pub(crate) async fn choose(
        &self,
        identity: &mut IdentityServiceClient<Channel>,
    ) -> Result<User, Error> {
        if !self.is_id() {
            return choose_user(identity, &self.user, self.connection.as_deref()).await;
        }
        let found = find_user(identity, &self.user).await?;
        found.ok_or_else(|| Error::Refused(format!("there is no user with the id {}", self.user)))
    }

    /// The id of a user, who need not exist any more if the command names the id.
    pub(crate) async fn id(
        &self,
        identity: &mut IdentityServiceClient<Channel>,
    ) -> Result<String, Error> {
        if self.is_id() {
            return Ok(self.user.clone());
        }
        Ok(self.choose(identity).await?.user_id)
    }

    fn is_id(&self) -> bool {
        self.user.contains(ID_SEPARATOR)
    }
}

/// Finds a user by id.
pub(crate) async fn find_user(
    identity: &mut IdentityServiceClient<Channel>,
    user_id: &str,
) -> Result<Option<User>, Error> {
    let wanted = FindUserRequest {
        user_id: user_id.to_owned(),
    };
    let found = identity.find_user(request(wanted)).await;
    let found = found.map_err(Error::service(Service::Identity))?;
    Ok(found.into_inner().user)
}
