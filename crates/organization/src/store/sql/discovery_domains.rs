//! Rows of `discovery_domain`.

use doorward_service_kit::StoreError;
use sqlx::AnyConnection;

use crate::domain::{DiscoveryDomain, OrganizationId};

/// The domains of the organization `o`, a line for each: two flags and the domain.
macro_rules! domains_as_lines {
    () => {
        "COALESCE((SELECT string_agg(CAST(d.verified AS TEXT) || d.use_for_organization_discovery || d.domain, '\n') \
         FROM discovery_domain d WHERE d.organization_id = o.id), '')"
    };
}
pub(super) use domains_as_lines;

/// Reads domains from lines, and orders them.
pub(super) fn read(lines: &str) -> Result<Vec<DiscoveryDomain>, StoreError> {
    let domains = lines.lines().map(|line| {
        let split = line.split_at_checked(2);
        let (flags, domain) = split.ok_or_else(|| StoreError::corrupt("a domain without flags"))?;
        Ok(DiscoveryDomain {
            domain: domain.to_owned(),
            verified: flags.starts_with('1'),
            use_for_organization_discovery: flags.ends_with('1'),
        })
    });
    let mut domains = domains.collect::<Result<Vec<_>, StoreError>>()?;
    domains.sort();
    Ok(domains)
}

/// Replaces all domains of an organization.
pub(super) async fn replace(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    wanted: &[DiscoveryDomain],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM discovery_domain WHERE organization_id = $1")
        .bind(id.as_str())
        .execute(&mut *connection)
        .await?;
    for one in wanted {
        sqlx::query(
            "INSERT INTO discovery_domain (organization_id, domain, verified, use_for_organization_discovery)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(id.as_str())
        .bind(one.domain.as_str())
        .bind(i64::from(one.verified))
        .bind(i64::from(one.use_for_organization_discovery))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
