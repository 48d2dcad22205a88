//! The generated trait: decode, call the domain, encode.

#[cfg(test)]
mod tests;

use doorward_proto::identity::v1::identity_service_server::IdentityService;
use doorward_proto::identity::v1::{
    AddConsentRequest, AddConsentResponse, ApplyRolesRequest, ApplyRolesResponse,
    ConfirmEmailRequest, ConfirmEmailResponse, CreateUserRequest, CreateUserResponse,
    FindUserRequest, FindUserResponse, ImportUsersRequest, ImportUsersResponse, ListRolesRequest,
    ListRolesResponse, ListUsersByEmailRequest, ListUsersByEmailResponse, RemoveConsentsRequest,
    RemoveConsentsResponse, SetPasswordRequest, SetPasswordResponse, SetUserBlockedRequest,
    SetUserBlockedResponse, SetUserRolesRequest, SetUserRolesResponse, VerifyPasswordRequest,
    VerifyPasswordResponse, WatchUsersRequest,
};
use doorward_proto::required;
use tonic::{Request, Response, Status};

use crate::Error;
use crate::accounts::Accounts;
use crate::convert::{added_metadata, import_entries, role_changes, role_patches};
use crate::domain::{Connection, Email, Password};
use crate::roles::Roles;
use crate::watch::{Watch, WatchStream};

#[derive(Debug)]
pub(crate) struct Service {
    accounts: Accounts,
    roles: Roles,
    watch: Watch,
}

impl Service {
    pub(crate) fn new(accounts: Accounts, roles: Roles, watch: Watch) -> Self {
        Self {
            accounts,
            roles,
            watch,
        }
    }
}

#[tonic::async_trait]
impl IdentityService for Service {
    async fn verify_password(
        &self,
        request: Request<VerifyPasswordRequest>,
    ) -> Result<Response<VerifyPasswordResponse>, Status> {
        let VerifyPasswordRequest {
            connections,
            identifier,
            password,
        } = request.into_inner();
        let user = self
            .accounts
            .verify_password(&connections, &identifier, password)
            .await?;
        Ok(Response::new(VerifyPasswordResponse {
            user: Some(user.into()),
        }))
    }

    async fn create_user(
        &self,
        request: Request<CreateUserRequest>,
    ) -> Result<Response<CreateUserResponse>, Status> {
        let user = self
            .accounts
            .create(request.into_inner().try_into()?)
            .await?;
        Ok(Response::new(CreateUserResponse {
            user: Some(user.into()),
        }))
    }

    async fn find_user(
        &self,
        request: Request<FindUserRequest>,
    ) -> Result<Response<FindUserResponse>, Status> {
        let user = self.accounts.find(&request.into_inner().user_id).await?;
        Ok(Response::new(FindUserResponse {
            user: user.map(Into::into),
        }))
    }

    async fn list_users_by_email(
        &self,
        request: Request<ListUsersByEmailRequest>,
    ) -> Result<Response<ListUsersByEmailResponse>, Status> {
        let users = self
            .accounts
            .list_by_email(&request.into_inner().email)
            .await?;
        let users = users.into_iter().map(Into::into).collect();
        Ok(Response::new(ListUsersByEmailResponse { users }))
    }

    async fn import_users(
        &self,
        request: Request<ImportUsersRequest>,
    ) -> Result<Response<ImportUsersResponse>, Status> {
        let ImportUsersRequest { connection, users } = request.into_inner();
        let connection = Connection::parse(&connection).map_err(Error::from)?;
        let entries = import_entries(users)?;
        let tally = self.accounts.import(&connection, &entries).await?;
        Ok(Response::new(tally.into()))
    }

    type WatchUsersStream = WatchStream;

    async fn watch_users(
        &self,
        request: Request<WatchUsersRequest>,
    ) -> Result<Response<WatchStream>, Status> {
        Ok(Response::new(
            self.watch.stream(request.into_inner().after_position),
        ))
    }

    async fn add_consent(
        &self,
        request: Request<AddConsentRequest>,
    ) -> Result<Response<AddConsentResponse>, Status> {
        let AddConsentRequest { user_id, consent } = request.into_inner();
        let consent = required(consent, "consent")?.into();
        let user = self.accounts.add_consent(&user_id, consent).await?;
        Ok(Response::new(AddConsentResponse {
            user: Some(user.into()),
        }))
    }

    async fn remove_consents(
        &self,
        request: Request<RemoveConsentsRequest>,
    ) -> Result<Response<RemoveConsentsResponse>, Status> {
        let RemoveConsentsRequest { user_id, client_id } = request.into_inner();
        let removed = self.accounts.remove_consents(&user_id, &client_id).await?;
        let removed = u32::try_from(removed).unwrap_or(u32::MAX);
        Ok(Response::new(RemoveConsentsResponse { removed }))
    }

    async fn list_roles(
        &self,
        request: Request<ListRolesRequest>,
    ) -> Result<Response<ListRolesResponse>, Status> {
        let (revision, roles) = self.roles.list(request.into_inner().known_revision).await?;
        let roles = roles.into_iter().map(Into::into).collect();
        Ok(Response::new(ListRolesResponse { revision, roles }))
    }

    async fn apply_roles(
        &self,
        request: Request<ApplyRolesRequest>,
    ) -> Result<Response<ApplyRolesResponse>, Status> {
        let ApplyRolesRequest { roles, dry_run } = request.into_inner();
        let changes = self.roles.apply(role_patches(roles)?, dry_run).await?;
        let changes = role_changes(changes, dry_run);
        Ok(Response::new(ApplyRolesResponse { changes }))
    }

    async fn set_user_roles(
        &self,
        request: Request<SetUserRolesRequest>,
    ) -> Result<Response<SetUserRolesResponse>, Status> {
        let SetUserRolesRequest { user_id, roles } = request.into_inner();
        let user = self.accounts.set_roles(&user_id, &roles).await?;
        Ok(Response::new(SetUserRolesResponse {
            user: Some(user.into()),
        }))
    }

    async fn set_user_blocked(
        &self,
        request: Request<SetUserBlockedRequest>,
    ) -> Result<Response<SetUserBlockedResponse>, Status> {
        let SetUserBlockedRequest { user_id, blocked } = request.into_inner();
        let user = self.accounts.set_blocked(&user_id, blocked).await?;
        let operation = if blocked { "block" } else { "unblock" };
        audit(operation, &user_id);
        Ok(Response::new(SetUserBlockedResponse {
            user: Some(user.into()),
        }))
    }

    async fn confirm_email(
        &self,
        request: Request<ConfirmEmailRequest>,
    ) -> Result<Response<ConfirmEmailResponse>, Status> {
        let request = request.into_inner();
        let email = Email::parse(&request.email).map_err(Error::from)?;
        let added = added_metadata(&request)?;
        let user = self
            .accounts
            .confirm_email(&request.user_id, &email, added)
            .await?;
        Ok(Response::new(ConfirmEmailResponse {
            user: Some(user.into()),
        }))
    }

    async fn set_password(
        &self,
        request: Request<SetPasswordRequest>,
    ) -> Result<Response<SetPasswordResponse>, Status> {
        let SetPasswordRequest {
            user_id,
            password,
            min_password_length,
        } = request.into_inner();
        let password = Password::chosen(password, min_password_length)?;
        let user = self.accounts.set_password(&user_id, password).await?;
        audit("change password", &user_id);
        Ok(Response::new(SetPasswordResponse {
            user: Some(user.into()),
        }))
    }
}

/// Logs a change of a user by a command, with the code that Auth0's tenant logs have for its Management API.
fn audit(operation: &str, user: &str) {
    tracing::info!(target: "audit", event = "sapi", operation, user, "user changed");
}
