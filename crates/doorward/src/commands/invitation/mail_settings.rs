//! Settings of an invitation's mail, from the tenant and the application.

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{Client, GetTenantRequest, Tenant};
use doorward_proto::organization::v1::MailSettings;
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

const DEFAULT_LANGUAGE: &str = "en";

pub(super) async fn tenant(
    registry: &mut ClientRegistryServiceClient<Channel>,
) -> Result<Tenant, Error> {
    let tenant = registry.get_tenant(request(GetTenantRequest {})).await;
    let tenant = tenant.map_err(Error::service(Service::ClientRegistry))?;
    Ok(tenant.into_inner().tenant.unwrap_or_default())
}

/// Checks that there are texts in a language: `ja`, or with more subtags, as `ja-JP`.
pub(super) fn parse_language(tag: &str) -> Result<String, String> {
    if doorward_organization::has_mails_in(tag) {
        return Ok(tag.to_owned());
    }
    let tags: Vec<_> = doorward_organization::mail_languages().collect();
    Err(format!(
        "there are no mails in this language; choose one of {}",
        tags.join(", ")
    ))
}

/// The settings; `language` comes before the tenant's.
pub(super) fn of(tenant: &Tenant, client: &Client, language: Option<String>) -> MailSettings {
    let language = language.or_else(|| tenant.enabled_locales.first().cloned());
    MailSettings {
        language: language.unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
        tenant_name: tenant.friendly_name.clone().unwrap_or_default(),
        client_name: client.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_without_texts_are_refused() {
        for good in ["en", "ja", "JA", "ja-JP", "en_GB"] {
            assert_eq!(parse_language(good), Ok(good.to_owned()));
        }
        for bad in ["", "fr", "jaa", "klingon", "-ja"] {
            let refused = parse_language(bad).unwrap_err();
            assert!(refused.ends_with("choose one of en, ja"), "{refused}");
        }
    }
}
