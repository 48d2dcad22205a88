//! Who has how many requests in work.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::LazyLock;

use doorward_service_kit::connections::Group;

/// Who makes a request. Names are kept as hashes that only this process knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Party {
    /// An address, where the application is not known yet.
    Address(Group),
    /// An application.
    Client(u64),
    /// An organization at an application, as the request names it.
    Organization(u64),
}

impl Party {
    pub(crate) fn address(ip: IpAddr) -> Self {
        Self::Address(ip.into())
    }

    pub(crate) fn client(client_id: &str) -> Self {
        Self::Client(hash(client_id))
    }

    pub(crate) fn organization(client_id: &str, organization: &str) -> Self {
        Self::Organization(hash(&(client_id, organization)))
    }

    /// Organizations are compared with each other, and all others with each other.
    fn is_organization(self) -> bool {
        matches!(self, Self::Organization(_))
    }
}

fn hash(name: &(impl std::hash::Hash + ?Sized)) -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEY.hash_one(name)
}

/// The requests in work of each party that has any.
#[derive(Debug, Default)]
pub(super) struct Shares(HashMap<Party, usize>);

impl Shares {
    pub(super) fn add(&mut self, party: Party) {
        *self.0.entry(party).or_default() += 1;
    }

    pub(super) fn remove(&mut self, party: &Party) {
        if let Some(count) = self.0.get_mut(party) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(party);
            }
        }
    }

    /// How many of these parties have most in work. A single request is not much.
    pub(super) fn most<'a>(&self, parties: impl Iterator<Item = &'a Party>) -> usize {
        parties.filter(|party| self.has_most(**party)).count()
    }

    fn has_most(&self, party: Party) -> bool {
        let own = self.0.get(&party).copied().unwrap_or(0);
        let mut others = self.0.iter();
        own > 1
            && others.all(|(other, count)| {
                other.is_organization() != party.is_organization() || *count <= own
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_each_kind() {
        let shares = |counts: &[(Party, usize)]| Shares(counts.iter().copied().collect());
        let [web, app] = ["web", "app"].map(Party::client);
        let [acme, other] = ["acme", "other"].map(|name| Party::organization("web", name));
        let home = Party::address("2001:db8::1".parse().unwrap());
        let counted = shares(&[(web, 5), (app, 4), (home, 5), (acme, 2), (other, 1)]);
        for (party, expected) in [(web, 1), (app, 0), (home, 1), (acme, 1), (other, 0)] {
            assert_eq!(counted.most([party].iter()), expected, "{party:?}");
        }
        assert_eq!(counted.most([web, acme].iter()), 2);
        assert_eq!(shares(&[(web, 1)]).most([web].iter()), 0);
        assert_eq!(shares(&[]).most([web].iter()), 0);
    }

    #[test]
    fn a_party_that_has_ended_is_forgotten() {
        let mut shares = Shares::default();
        let home = Party::address("192.0.2.1".parse().unwrap());
        shares.add(home);
        shares.add(home);
        shares.remove(&home);
        assert_eq!(shares.0[&home], 1);
        shares.remove(&home);
        assert!(shares.0.is_empty());
    }

    #[test]
    fn names_do_not_run_into_each_other() {
        assert_ne!(
            Party::organization("ab", "c"),
            Party::organization("a", "bc")
        );
        assert_ne!(Party::client("a"), Party::client("b"));
    }
}
