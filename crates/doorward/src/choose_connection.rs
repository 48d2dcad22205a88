//! Finds the connection in which a command creates users.

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{Connection, GetTenantRequest, ListConnectionsRequest};
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// Finds the connection named `name`. With `None`, finds the tenant's default directory, or else the only connection.
pub(crate) async fn choose_connection(
    mut registry: ClientRegistryServiceClient<Channel>,
    name: Option<&str>,
) -> Result<Connection, Error> {
    let listed = registry
        .list_connections(request(ListConnectionsRequest {}))
        .await;
    let connections = listed
        .map_err(Error::service(Service::ClientRegistry))?
        .into_inner()
        .connections;
    let tenant = registry.get_tenant(request(GetTenantRequest {})).await;
    let tenant = tenant
        .map_err(Error::service(Service::ClientRegistry))?
        .into_inner()
        .tenant;
    let default_directory = tenant.and_then(|tenant| tenant.default_directory);
    choose(connections, name, default_directory.as_deref()).map_err(Error::Refused)
}

fn choose(
    mut connections: Vec<Connection>,
    name: Option<&str>,
    default_directory: Option<&str>,
) -> Result<Connection, String> {
    let names: Vec<_> = connections
        .iter()
        .map(|connection| connection.name.as_str())
        .collect();
    let choices = names.join(", ");
    if names.is_empty() {
        return Err("there is no connection yet; import a tenant file that has a database".into());
    }
    let wanted = name.or(default_directory);
    if let Some(index) = names.iter().position(|name| Some(*name) == wanted) {
        return Ok(connections.swap_remove(index));
    }
    match (name, connections.len()) {
        (Some(name), _) => Err(format!(
            "there is no connection {name:?}; choose one of: {choices}"
        )),
        (None, 1) => Ok(connections.swap_remove(0)),
        (None, _) => Err(format!("choose one with --connection: {choices}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose_of(
        names: &[&str],
        name: Option<&str>,
        default: Option<&str>,
    ) -> Result<String, String> {
        let connections = names.iter().map(|name| Connection {
            name: (*name).to_owned(),
            ..Connection::default()
        });
        choose(connections.collect(), name, default).map(|connection| connection.name)
    }

    #[test]
    fn choices() {
        assert_eq!(
            choose_of(&["a", "b"], Some("b"), Some("a")).as_deref(),
            Ok("b")
        );
        assert_eq!(choose_of(&["a", "b"], None, Some("a")).as_deref(), Ok("a"));
        assert_eq!(choose_of(&["a"], None, None).as_deref(), Ok("a"));
    }

    #[test]
    fn refusals_name_the_choices() {
        assert!(
            choose_of(&["a", "b"], None, None)
                .unwrap_err()
                .ends_with("a, b")
        );
        assert!(
            choose_of(&["a", "b"], Some("c"), Some("a"))
                .unwrap_err()
                .contains("\"c\"")
        );
        assert!(
            choose_of(&[], None, None)
                .unwrap_err()
                .contains("no connection yet")
        );
    }
}
