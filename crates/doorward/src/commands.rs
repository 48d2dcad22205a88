//! The commands, one file each.

pub(crate) mod backup;
pub(crate) mod certificates;
pub(crate) mod check_health;
pub(crate) mod check_listening;
pub(crate) mod demo;
pub(crate) mod demo_application;
pub(crate) mod demo_setup;
pub(crate) mod entrance;
pub(crate) mod import;
pub(crate) mod import_users;
pub(crate) mod invitation;
pub(crate) mod keys;
pub(crate) mod organization;
mod pages;
pub(crate) mod reset;
pub(crate) mod restore;
pub(crate) mod secrets;
pub(crate) mod serve;
pub(crate) mod service;
pub(crate) mod user;

use std::time::Duration;

use doorward_service_kit::grpc::with_deadline;
use tonic::Request;

/// A request with the deadline of commands.
pub(crate) fn request<T>(message: T) -> Request<T> {
    with_deadline(message, Duration::from_secs(10))
}
