//! Organizations by name, in a tenant that allows it (`allow_organization_name_in_authentication_api`).

use doorward_e2e::{
    API, Agent, Deployment, Keys, ORGANIZATION, Separate, TEAM, TENANT, claims, on,
};

use super::of_team;

#[tokio::test]
async fn a_name_is_as_good_as_an_id() {
    let flags = "tenant:\n  flags:\n    allow_organization_name_in_authentication_api: true\n";
    let tenant = TENANT.replacen("tenant:\n", flags, 1);
    let deployment = Deployment::Separate(Separate::start_with(&tenant).await);
    on(&deployment, async |deployment| {
        let user = deployment.add_user();
        deployment.add_member(ORGANIZATION, &user);
        let agent = Agent::new(deployment);
        let request = of_team("id_token token")
            .with("organization", "AcMe")
            .with("audience", API);
        let answer = agent.sign_in(&request, &user).await;
        let keys = Keys::fetch(deployment).await;
        for claims in [
            keys.verify(answer.get("id_token"), TEAM),
            keys.verify(answer.get("access_token"), API),
        ] {
            assert_eq!(claims["org_id"], ORGANIZATION);
            assert_eq!(claims["org_name"], "acme");
        }

        for organization in ["acme", ORGANIZATION] {
            let silent = of_team("id_token")
                .with("organization", organization)
                .with("prompt", "none");
            let answer = agent.authorize(&silent).await.callback();
            assert_eq!(claims(answer.get("id_token"))["org_name"], "acme");
        }
        // A display name is no name, and an unknown name reads like an unknown id.
        for unknown in ["nobody", "org_unknown"] {
            let request = of_team("id_token").with("organization", unknown);
            let answer = agent.authorize(&request).await.callback();
            let expected = format!("parameter organization is invalid: {unknown}");
            answer.assert_error("invalid_request", &expected);
        }
    })
    .await;
}
