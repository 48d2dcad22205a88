//! Rows of `organization_connection`.

use doorward_service_kit::StoreError;
use sqlx::AnyConnection;

use crate::domain::{Connection, OrganizationId};

/// The connections of the organization `o`, a line with the name and a line with the flags for each. No name can have a
/// line end.
macro_rules! connections_as_lines {
    () => {
        "COALESCE((SELECT string_agg(c.connection || '\n' || c.assign_membership_on_login || c.is_signup_enabled || \
         c.show_as_button || c.is_enabled, '\n') FROM organization_connection c WHERE c.organization_id = o.id), '')"
    };
}
pub(super) use connections_as_lines;

/// Reads connections from lines, and orders them.
pub(super) fn read(lines: &str) -> Result<Vec<Connection>, StoreError> {
    let lines: Vec<_> = lines.lines().collect();
    let connections = lines.chunks(2).map(read_one);
    let mut connections = connections.collect::<Result<Vec<_>, _>>()?;
    connections.sort();
    Ok(connections)
}

fn read_one(lines: &[&str]) -> Result<Connection, StoreError> {
    let flags = lines.get(1).map(|flags| flags.as_bytes());
    let [name, _] = lines else {
        return Err(StoreError::corrupt("a connection without flags"));
    };
    let Some(&[assign, signup, button, enabled]) = flags else {
        return Err(StoreError::corrupt("a connection without its four flags"));
    };
    Ok(Connection {
        name: (*name).to_owned(),
        assign_membership_on_login: assign == b'1',
        is_signup_enabled: signup == b'1',
        show_as_button: button == b'1',
        is_enabled: enabled == b'1',
    })
}

/// Replaces all connections of an organization.
pub(super) async fn replace(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    wanted: &[Connection],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM organization_connection WHERE organization_id = $1")
        .bind(id.as_str())
        .execute(&mut *connection)
        .await?;
    for one in wanted {
        sqlx::query(
            "INSERT INTO organization_connection (organization_id, connection, assign_membership_on_login,
                 is_signup_enabled, show_as_button, is_enabled)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.as_str())
        .bind(one.name.as_str())
        .bind(i64::from(one.assign_membership_on_login))
        .bind(i64::from(one.is_signup_enabled))
        .bind(i64::from(one.show_as_button))
        .bind(i64::from(one.is_enabled))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
