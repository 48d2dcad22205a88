//! The generated trait: decode, call the domain, encode.

#[cfg(test)]
mod tests;

use doorward_proto::identity::v1::identity_service_server::IdentityService;
use doorward_proto::identity::v1::{
    CreateUserRequest, CreateUserResponse, FindUserRequest, FindUserResponse, ImportUsersRequest,
    ImportUsersResponse, ListUsersByEmailRequest, ListUsersByEmailResponse, VerifyPasswordRequest,
    VerifyPasswordResponse, WatchUsersRequest,
};
use tonic::{Request, Response, Status};

use crate::Error;
use crate::accounts::Accounts;
use crate::convert::import_entries;
use crate::domain::Connection;
use crate::watch::{Watch, WatchStream};

#[derive(Debug)]
pub(crate) struct Service {
    accounts: Accounts,
    watch: Watch,
}

impl Service {
    pub(crate) fn new(accounts: Accounts, watch: Watch) -> Self {
        Self { accounts, watch }
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
}
