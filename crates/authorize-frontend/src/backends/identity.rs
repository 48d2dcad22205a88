//! Users and passwords.

use doorward_proto::common::v1 as common;
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{
    AddConsentRequest, ConfirmEmailRequest, CreateUserRequest, FindUserRequest, ListRolesRequest,
    Role, VerifyPasswordRequest, WatchUsersRequest, WatchUsersResponse,
};
use doorward_service_kit::grpc::Channel;
use tonic::{Status, Streaming};

use super::calls::Calls;
use super::{BackendError, Patience};
use crate::model::{Consent, InvitedMetadata, NewUser, User};

/// Whether a password was right.
#[derive(Debug)]
pub(crate) enum PasswordVerdict {
    /// Right; the user may still be blocked.
    Right(Box<User>),
    /// Unknown user or wrong password; callers cannot tell which.
    Wrong,
}

/// Result of a sign-up.
#[derive(Debug)]
pub(crate) enum SignUpVerdict {
    /// The account was created.
    Created(Box<User>),
    /// The connection has an account with this email.
    EmailInUse,
    /// The text is not an email address.
    InvalidEmail,
    /// The password breaks the connection's policy.
    PasswordTooWeak,
    /// The password is one of the most common ones.
    PasswordTooCommon,
}

#[derive(Debug, Clone)]
pub(crate) struct Identity {
    client: IdentityServiceClient<Channel>,
    calls: Calls,
}

impl Identity {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: IdentityServiceClient::new(channel),
            calls: Calls::new("identity", patience),
        }
    }

    pub(crate) async fn verify_password(
        &self,
        connections: Vec<String>,
        identifier: &str,
        password: &str,
    ) -> Result<PasswordVerdict, BackendError> {
        let request = VerifyPasswordRequest {
            connections,
            identifier: identifier.to_owned(),
            password: password.to_owned(),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.verify_password(request).await
            })
            .await;
        let expected = [ErrorReason::WrongCredentials];
        match self.calls.answer_or_refusal(result, &expected)? {
            Ok(response) => {
                let user = self.user(response.user)?;
                Ok(PasswordVerdict::Right(Box::new(user)))
            }
            Err(_) => Ok(PasswordVerdict::Wrong),
        }
    }

    pub(crate) async fn create_user(
        &self,
        new: NewUser<'_>,
    ) -> Result<SignUpVerdict, BackendError> {
        let request = CreateUserRequest {
            connection: new.connection.to_owned(),
            email: new.email.to_owned(),
            password: new.password.to_owned(),
            min_password_length: new.min_password_length,
            email_verified: false,
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.create_user(request).await
            })
            .await;
        let expected = [
            ErrorReason::UserAlreadyExists,
            ErrorReason::PasswordTooWeak,
            ErrorReason::PasswordTooCommon,
            ErrorReason::InvalidField,
        ];
        match self.calls.answer_or_refusal(result, &expected)? {
            Ok(response) => {
                let user = self.user(response.user)?;
                Ok(SignUpVerdict::Created(Box::new(user)))
            }
            Err(ErrorReason::UserAlreadyExists) => Ok(SignUpVerdict::EmailInUse),
            Err(ErrorReason::PasswordTooWeak) => Ok(SignUpVerdict::PasswordTooWeak),
            Err(ErrorReason::PasswordTooCommon) => Ok(SignUpVerdict::PasswordTooCommon),
            Err(_) => Ok(SignUpVerdict::InvalidEmail),
        }
    }

    pub(crate) async fn find_user(&self, user_id: &str) -> Result<Option<User>, BackendError> {
        let request = FindUserRequest {
            user_id: user_id.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_user(request).await
            })
            .await;
        self.calls.converted(self.calls.answer(result)?.user)
    }

    /// Stores what a user has agreed to. Returns the user with it.
    pub(crate) async fn add_consent(
        &self,
        user_id: &str,
        consent: Consent,
    ) -> Result<User, BackendError> {
        let request = AddConsentRequest {
            user_id: user_id.to_owned(),
            consent: Some(consent.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.add_consent(request).await
            })
            .await;
        self.user(self.calls.answer(result)?.user)
    }

    /// Notes that a user has proved their email, and adds metadata that they do not have. Returns the user as they are
    /// then. A repeat changes nothing.
    pub(crate) async fn confirm_email(
        &self,
        user_id: &str,
        email: &str,
        metadata: InvitedMetadata,
    ) -> Result<User, BackendError> {
        let request = ConfirmEmailRequest {
            user_id: user_id.to_owned(),
            email: email.to_owned(),
            app_metadata_json: metadata.app,
            user_metadata_json: metadata.user,
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.confirm_email(request).await
            })
            .await;
        self.user(self.calls.answer(result)?.user)
    }

    /// All roles with their revision; `None` when `known_revision` is still the newest.
    pub(super) async fn roles(
        &self,
        known_revision: u64,
    ) -> Result<Option<(u64, Vec<Role>)>, BackendError> {
        let request = ListRolesRequest { known_revision };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.list_roles(request).await
            })
            .await;
        let answer = self.calls.answer(result)?;
        let is_new = answer.revision != known_revision;
        Ok(is_new.then_some((answer.revision, answer.roles)))
    }

    /// Changed users after a position. The stream has no deadline.
    pub(super) async fn watch_users(
        &self,
        after_position: u64,
    ) -> Result<Streaming<WatchUsersResponse>, Status> {
        let request = WatchUsersRequest { after_position };
        Ok(self.client.clone().watch_users(request).await?.into_inner())
    }

    fn user(&self, user: Option<common::User>) -> Result<User, BackendError> {
        let user = self.calls.converted(user)?;
        self.calls.required(user, "user")
    }
}
