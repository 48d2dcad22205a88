use super::*;

fn permission(scope: &str) -> Permission {
    Permission {
        resource_server_identifier: "https://api.example/".to_owned(),
        permission_name: scope.to_owned(),
    }
}

fn patch(id: Option<&str>, name: &str) -> RolePatch {
    RolePatch {
        id: id.map(|id| RoleId::parse(id).unwrap()),
        name: name.to_owned(),
        description: None,
        permissions: None,
    }
}

fn role(id: &str, name: &str) -> Role {
    Role {
        id: RoleId::parse(id).unwrap(),
        name: name.to_owned(),
        description: "as it was".to_owned(),
        permissions: BTreeSet::from([permission("read:notes")]),
    }
}

#[test]
fn limits() {
    for good in ["a", "Leser für alles", &"é".repeat(50)] {
        assert!(patch(None, good).validate().is_ok(), "{good}");
    }
    for bad in ["", "<b>", "a>b", "a\nb", &"x".repeat(51)] {
        let error = patch(None, bad).validate().unwrap_err();
        assert_eq!(error.field, format!("role {bad:?}: name"));
    }
    let described = |text: &str| RolePatch {
        description: Some(text.to_owned()),
        ..patch(None, "a")
    };
    assert!(described("").validate().is_ok());
    assert!(described(&"é".repeat(255)).validate().is_ok());
    for bad in ["\0", &"x".repeat(256)] {
        let error = described(bad).validate().unwrap_err();
        assert_eq!(error.field, "role \"a\": description");
    }
}

#[test]
fn permissions_name_an_api_and_a_scope() {
    let (good, long) = ("https://api.example/", "x".repeat(601));
    for (identifier, scope, sound) in [
        (good, "read:notes", true),
        (&long[1..], "a", true),
        (&long, "a", false),
        ("", "a", false),
        ("a\nb", "a", false),
        (good, "", false),
        (good, "a b", false),
        (good, "é", false),
    ] {
        let permission = Permission {
            resource_server_identifier: identifier.to_owned(),
            permission_name: scope.to_owned(),
        };
        let patch = RolePatch {
            permissions: Some(BTreeSet::from([permission])),
            ..patch(None, "a")
        };
        assert_eq!(patch.validate().is_ok(), sound, "{identifier:?} {scope:?}");
    }
}

#[test]
fn one_role_is_given_once() {
    let distinct = [
        patch(Some("rol_a"), "a"),
        patch(Some("rol_b"), "b"),
        patch(None, "c"),
    ];
    assert!(refuse_repeated_roles(&distinct).is_ok());
    let same_id = [patch(Some("rol_a"), "a"), patch(Some("rol_a"), "b")];
    let same_name = [patch(Some("rol_a"), "a"), patch(None, "a")];
    for twice in [same_id, same_name] {
        let error = refuse_repeated_roles(&twice).unwrap_err();
        assert_eq!(error.problem, "the same role is given twice");
    }
}

#[test]
fn a_role_is_found_by_its_id_else_by_its_name() {
    let roles = || vec![role("rol_a", "reader"), role("rol_b", "writer")];
    let planned = |patch: RolePatch| plan(roles(), vec![patch]).unwrap();
    assert_eq!(planned(patch(Some("rol_a"), "reader")), []);
    assert_eq!(planned(patch(None, "writer")), []);

    let renamed = planned(patch(Some("rol_a"), "viewer")).remove(0);
    assert_eq!(
        renamed.role,
        Role {
            name: "viewer".to_owned(),
            ..role("rol_a", "")
        }
    );
    assert_eq!((renamed.created, renamed.fields), (false, vec!["name"]));

    let new = planned(patch(None, "viewer")).remove(0);
    assert!(new.created && new.role.id.as_str().starts_with("rol_"));
    let kept = planned(patch(Some("7"), "viewer")).remove(0);
    assert_eq!((kept.created, kept.role.id.as_str()), (true, "7"));
}

#[test]
fn what_differs_is_named_and_what_is_absent_stays() {
    let wanted = RolePatch {
        description: Some(String::new()),
        permissions: Some(BTreeSet::new()),
        ..patch(None, "reader")
    };
    let change = plan(vec![role("rol_a", "reader")], vec![wanted])
        .unwrap()
        .remove(0);
    assert_eq!(change.fields, ["description", "permissions"]);
    assert_eq!(
        (
            change.role.description.as_str(),
            change.role.permissions.len()
        ),
        ("", 0)
    );
}

#[test]
fn a_name_is_had_by_one_role() {
    for patches in [
        vec![patch(Some("rol_b"), "reader")],
        vec![patch(Some("rol_new"), "reader")],
        // The role that is renamed first meets the name of the other.
        vec![
            patch(Some("rol_a"), "writer"),
            patch(Some("rol_b"), "reader"),
        ],
    ] {
        let roles = vec![role("rol_a", "reader"), role("rol_b", "writer")];
        assert!(matches!(plan(roles, patches), Err(Error::NameTaken(_))));
    }
    let roles = vec![role("rol_a", "reader"), role("rol_b", "writer")];
    let in_turn = vec![
        patch(Some("rol_a"), "viewer"),
        patch(Some("rol_b"), "reader"),
    ];
    assert_eq!(plan(roles, in_turn).unwrap().len(), 2);
}

#[test]
fn all_roles_fit_into_one_message() {
    let with = |count: usize| RolePatch {
        permissions: Some(
            (0..count)
                .map(|number| permission(&format!("{number:0>480}")))
                .collect(),
        ),
        ..patch(None, "large")
    };
    assert_eq!(plan(Vec::new(), vec![with(4000)]).unwrap().len(), 1);
    let refused = plan(Vec::new(), vec![with(4200)]).unwrap_err();
    assert!(matches!(refused, Error::Invalid(error) if error.field == "roles"));
}
