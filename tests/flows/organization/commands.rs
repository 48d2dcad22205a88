//! `doorward organization`.

use doorward_e2e::{GLOBEX, ORGANIZATION, on_every_deployment};

#[tokio::test]
async fn organizations_are_listed_and_shown() {
    on_every_deployment(async |deployment| {
        let listed = deployment.command(&["organization", "list", "--json"], "");
        listed.assert_success();
        for id in [ORGANIZATION, GLOBEX] {
            assert!(listed.stdout.contains(id), "{listed:?}");
        }
        let shown = deployment.command(&["organization", "show", "acme", "--json"], "");
        shown.assert_success();
        let shown = shown.json();
        assert_eq!(shown["id"], ORGANIZATION);
        assert_eq!(shown["display_name"], "Acme");
        assert_eq!(shown["branding"]["colors"]["primary"], "#7a2e8e");
        let unknown = deployment.command(&["organization", "show", "org_unknown"], "");
        assert!(!unknown.success, "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn members_come_and_go() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        deployment.add_member(ORGANIZATION, &user);
        deployment.add_member(ORGANIZATION, &user);
        let roles = ["organization", "roles", "acme", &user.email, "reader"];
        deployment.command(&roles, "").assert_success();
        deployment.remove_member("acme", &user);
        let again = deployment.command(&roles, "");
        assert!(!again.success, "not a member: {again:?}");
    })
    .await;
}
