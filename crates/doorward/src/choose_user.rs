//! Finds the user that a command names by email.

use doorward_proto::common::v1::User;
use doorward_proto::identity::v1::ListUsersByEmailRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// Finds the only user with that email, or the one in that connection.
pub(crate) async fn choose_user(
    identity: &mut IdentityServiceClient<Channel>,
    email: &str,
    connection: Option<&str>,
) -> Result<User, Error> {
    let with_email = ListUsersByEmailRequest {
        email: email.to_owned(),
    };
    let listed = identity.list_users_by_email(request(with_email)).await;
    let listed = listed.map_err(Error::service(Service::Identity))?;
    choose(listed.into_inner().users, email, connection).map_err(Error::Refused)
}

fn choose(users: Vec<User>, email: &str, connection: Option<&str>) -> Result<User, String> {
    let matches = |user: &User| connection.is_none_or(|connection| user.connection == connection);
    let mut users: Vec<_> = users.into_iter().filter(matches).collect();
    match (users.pop(), users.is_empty()) {
        (Some(user), true) => Ok(user),
        (None, _) => {
            let place = connection
                .map(|name| format!(" in the connection {name:?}"))
                .unwrap_or_default();
            Err(format!("there is no user with the email {email}{place}"))
        }
        (Some(last), false) => {
            users.push(last);
            let named = users
                .iter()
                .map(|user| format!("{} in {}", user.user_id, user.connection));
            let named: Vec<_> = named.collect();
            Err(format!(
                "several users have the email {email}; choose one with --connection: {}",
                named.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users() -> Vec<User> {
        let user = |id: &str, connection: &str| User {
            user_id: id.to_owned(),
            connection: connection.to_owned(),
            ..User::default()
        };
        vec![user("auth0|1", "a"), user("auth0|2", "b")]
    }

    #[test]
    fn one_user_must_be_meant() {
        assert_eq!(choose(users(), "e", Some("a")).unwrap().user_id, "auth0|1");
        let several = choose(users(), "e", None).unwrap_err();
        assert!(several.ends_with("auth0|1 in a, auth0|2 in b"), "{several}");
        assert!(
            choose(users(), "e", Some("c"))
                .unwrap_err()
                .contains("\"c\"")
        );
        assert!(
            choose(Vec::new(), "e", None)
                .unwrap_err()
                .contains("no user")
        );
    }
}
