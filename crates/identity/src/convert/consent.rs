//! Consents.

use doorward_proto::common::v1 as common;

use crate::domain::Consent;

impl From<common::Consent> for Consent {
    fn from(consent: common::Consent) -> Self {
        Self {
            client_id: consent.client_id,
            audience: consent.audience,
            organization_id: consent.organization_id,
            scopes: consent.scopes.into_iter().collect(),
        }
    }
}

impl From<Consent> for common::Consent {
    fn from(consent: Consent) -> Self {
        Self {
            client_id: consent.client_id,
            audience: consent.audience,
            organization_id: consent.organization_id,
            scopes: consent.scopes.into_iter().collect(),
        }
    }
}
