//! The lines of the consent page: scopes as text for users.

use std::collections::HashSet;

use crate::model::Api;
use crate::views::{ConsentLine, ProfileScope};

/// OpenID Connect's scopes, each group once.
pub(super) fn profile(
    scopes: &[String],
    given: Option<&[String]>,
) -> Vec<ConsentLine<ProfileScope>> {
    let groups = ProfileScope::ALL.into_iter();
    let lines = groups.map(|group| {
        let of_group = |scope: &&String| ProfileScope::of(scope) == Some(group);
        (group, scopes.iter().filter(of_group).collect::<Vec<_>>())
    });
    lines
        .filter_map(|(group, scopes)| line(group, &scopes, given))
        .collect()
}

/// The API's scopes: one line for each description, or else one for each resource of scopes like `read:things`, and one
/// for each other scope.
pub(super) fn permissions(
    scopes: &[String],
    given: Option<&[String]>,
    api: &Api,
    descriptions: bool,
) -> Vec<ConsentLine<String>> {
    let asked: HashSet<_> = scopes.iter().collect();
    let defined = api.scopes.iter();
    let wanted = defined.filter(|defined| asked.contains(&defined.value));
    if descriptions {
        let lines = wanted.filter_map(|scope| {
            let text = scope.description.as_ref();
            line(text.unwrap_or(&scope.value).clone(), &[&scope.value], given)
        });
        return lines.collect();
    }
    let mut groups: Vec<(Option<&str>, Vec<&String>)> = Vec::new();
    for scope in wanted.map(|scope| &scope.value) {
        let resource = scope.split_once(':').map(|(_, resource)| resource);
        match groups
            .iter_mut()
            .find(|(own, _)| own.is_some() && *own == resource)
        {
            Some((_, scopes)) => scopes.push(scope),
            None => groups.push((resource, vec![scope])),
        }
    }
    let lines = groups.into_iter();
    lines
        .filter_map(|(resource, scopes)| line(text(resource, &scopes), &scopes, given))
        .collect()
}

fn text(resource: Option<&str>, scopes: &[&String]) -> String {
    let Some(resource) = resource else {
        return scopes.iter().map(|scope| scope.as_str()).collect();
    };
    let actions = scopes.iter().filter_map(|scope| scope.split(':').next());
    format!("{resource}: {}", actions.collect::<Vec<_>>().join(", "))
}

/// A line for these scopes; none without any.
fn line<T>(subject: T, scopes: &[&String], given: Option<&[String]>) -> Option<ConsentLine<T>> {
    let is_new = given.is_some_and(|given| scopes.iter().any(|scope| !given.contains(scope)));
    (!scopes.is_empty()).then_some(ConsentLine { subject, is_new })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ApiScope;

    fn strings(words: &str) -> Vec<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    fn api() -> Api {
        let scope = |value: &str, description: Option<&str>| ApiScope {
            value: value.to_owned(),
            description: description.map(str::to_owned),
        };
        Api {
            scopes: [
                scope("read:things", Some("Read your things")),
                scope("admin", None),
                scope("write:things", Some("Change your things")),
                scope("read:other", None),
            ]
            .into_iter()
            .collect(),
            ..Api::default()
        }
    }

    #[test]
    fn scopes_of_openid_connect_are_grouped() {
        let scopes = strings("openid email name nickname email_verified read:things");
        let groups = profile(&scopes, None).into_iter().map(|line| line.subject);
        let groups: Vec<_> = groups.collect();
        assert_eq!(groups, [ProfileScope::Profile, ProfileScope::Email]);
        assert!(profile(&strings("openid"), None).is_empty());
    }

    #[test]
    fn scopes_of_an_api_are_grouped_by_resource_or_described() {
        let texts = |scopes: &str, descriptions| {
            let lines = permissions(&strings(scopes), None, &api(), descriptions);
            lines
                .into_iter()
                .map(|line| line.subject)
                .collect::<Vec<_>>()
        };
        let all = "read:things admin write:things read:other unknown openid";
        assert_eq!(
            texts(all, false),
            ["things: read, write", "admin", "other: read"]
        );
        assert_eq!(
            texts(all, true),
            [
                "Read your things",
                "admin",
                "Change your things",
                "read:other"
            ]
        );
        assert!(texts("openid", false).is_empty());
    }

    #[test]
    fn only_what_comes_on_top_is_new() {
        let given = strings("openid read:things");
        let lines = permissions(
            &strings("read:things read:other"),
            Some(&given),
            &api(),
            false,
        );
        let new: Vec<_> = lines.iter().map(|line| line.is_new).collect();
        assert_eq!(new, [false, true]);
        let first = permissions(&strings("read:things"), None, &api(), false);
        assert!(!first[0].is_new);
    }
}
