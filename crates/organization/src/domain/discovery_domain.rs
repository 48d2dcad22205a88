//! Domains of addresses that lead to an organization.

use super::rule;

const MAX_DOMAINS: usize = 100;

/// A domain of email addresses that leads to an organization, once it is verified.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiscoveryDomain {
    /// In lower case.
    pub domain: String,
    /// Whether the organization has proved that the domain is its own.
    pub verified: bool,
    /// Whether addresses of the domain lead to the organization.
    pub use_for_organization_discovery: bool,
}

/// The stored form of a domain; `None` for a text that is no domain.
#[must_use]
pub fn parse_domain(text: &str) -> Option<String> {
    rule::domain(text).ok()
}

/// Checks all domains of an organization, and orders them. `Err` is the problem.
pub fn check_discovery_domains(
    domains: Vec<DiscoveryDomain>,
) -> Result<Vec<DiscoveryDomain>, String> {
    if domains.len() > MAX_DOMAINS {
        return Err("must be at most 100".to_owned());
    }
    let mut checked = Vec::new();
    for given in domains {
        let domain = rule::domain(&given.domain)?;
        checked.push(DiscoveryDomain { domain, ..given });
    }
    checked.sort();
    match checked
        .windows(2)
        .find(|two| two[0].domain == two[1].domain)
    {
        Some(two) => Err(format!("{:?} is given twice", two[0].domain)),
        None => Ok(checked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(domain: &str) -> DiscoveryDomain {
        DiscoveryDomain {
            domain: domain.to_owned(),
            verified: true,
            use_for_organization_discovery: true,
        }
    }

    #[test]
    fn domains_are_checked_and_ordered() {
        let given = vec![domain("B.example"), domain("a.example")];
        let expected = [domain("a.example"), domain("b.example")];
        assert_eq!(check_discovery_domains(given).unwrap(), expected);
        let twice = vec![domain("a.example"), domain("A.example")];
        let error = check_discovery_domains(twice).unwrap_err();
        assert_eq!(error, "\"a.example\" is given twice");
        assert!(check_discovery_domains(vec![domain("x")]).is_err());
        assert!(check_discovery_domains(vec![domain("a.b"); 101]).is_err());
    }
}
