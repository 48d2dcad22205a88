//! Rows of `consent`.

use std::collections::BTreeSet;

use doorward_service_kit::StoreError;
use sqlx::{Any, Transaction};

use crate::domain::{Consent, UserId};

/// Inserts or replaces a consent.
pub(super) async fn put(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
    consent: &Consent,
) -> Result<(), StoreError> {
    let scopes: Vec<_> = consent.scopes.iter().map(String::as_str).collect();
    sqlx::query(
        "INSERT INTO consent (user_id, client_id, audience, organization_id, scope) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id, client_id, audience, organization_id) DO UPDATE SET scope = excluded.scope",
    )
    .bind(id.as_str())
    .bind(consent.client_id.as_str())
    .bind(consent.audience.as_str())
    .bind(consent.organization_id.as_str())
    .bind(scopes.join(" "))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) async fn remove(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
    client_id: Option<&str>,
) -> Result<(), StoreError> {
    let statement = match client_id {
        Some(_) => "DELETE FROM consent WHERE user_id = $1 AND client_id = $2",
        None => "DELETE FROM consent WHERE user_id = $1",
    };
    let mut query = sqlx::query(statement).bind(id.as_str());
    if let Some(client_id) = client_id {
        query = query.bind(client_id);
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

/// Reads consents from text, with four lines per consent in the order of its fields. No field can contain a line end.
pub(super) fn read(lines: &str) -> Result<Vec<Consent>, StoreError> {
    let lines: Vec<_> = lines.split('\n').collect();
    let mut consents: Vec<_> = lines
        .chunks_exact(4)
        .map(read_one)
        .collect::<Result<_, _>>()?;
    consents.sort();
    Ok(consents)
}

fn read_one(lines: &[&str]) -> Result<Consent, StoreError> {
    let [client_id, audience, organization_id, scope] = lines else {
        return Err(StoreError::corrupt("a consent has four fields"));
    };
    let scopes: BTreeSet<_> = scope.split_terminator(' ').map(str::to_owned).collect();
    Ok(Consent {
        client_id: (*client_id).to_owned(),
        audience: (*audience).to_owned(),
        organization_id: (*organization_id).to_owned(),
        scopes,
    })
}
