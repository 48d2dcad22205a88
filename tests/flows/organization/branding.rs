//! Pages of a sign-in to an organization look like the organization.

use doorward_e2e::{Agent, ORGANIZATION, User, on_every_deployment};

use super::of_team;

#[tokio::test]
async fn pages_show_the_name_of_the_organization() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let request = of_team("token").with("organization", ORGANIZATION);
        let identifier = agent.open(&request).await;
        let form = identifier.form().with("username", &User::stranger().email);
        let password = agent.submit_and_follow(&form).await;
        let sign_up = agent.open(&request.with("screen_hint", "signup")).await;
        for page in [identifier, password] {
            assert!(page.body.contains("Acme"), "{page:?}");
            assert!(!page.body.contains("Example Company"), "{page:?}");
        }
        assert!(!sign_up.body.contains("Example Company"), "{sign_up:?}");
        let personal = agent.open(&of_team("token")).await;
        assert!(personal.body.contains("Example Company"), "{personal:?}");
        assert!(!personal.body.contains("Acme"), "{personal:?}");
    })
    .await;
}
