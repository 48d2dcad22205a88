//! The tenant of all deployments in the tests.

/// The tenant file.
pub const TENANT: &str = include_str!("tenant.yaml");

/// A first-party single-page application with the implicit flow.
pub const APPLICATION: &str = "application000000000000000000000";
/// Its callback.
pub const CALLBACK: &str = "https://app.example.test/callback";
/// Its second callback. Its origin is allowed for web messages too.
pub const OTHER_CALLBACK: &str = "https://app.example.test/other?kept=1";
/// Its registered logout URL.
pub const LOGOUT_URL: &str = "https://app.example.test/bye";
/// A third-party application, which always needs the user's consent.
pub const THIRD_PARTY: &str = "thirdparty0000000000000000000000";
/// An application without the implicit flow.
pub const CODE_ONLY: &str = "codeonly000000000000000000000000";
/// An application that requires an organization.
pub const FOR_MEMBERS: &str = "formembers0000000000000000000000";

/// The organization `acme`, which users of the connection `users` sign in to.
pub const ORGANIZATION: &str = "org_acme000000000000";
/// The organization `globex`. Users of the connection `partners` become members by signing in, or up.
pub const GLOBEX: &str = "org_globex0000000000";
/// An application with and without organizations, which has a login page.
pub const TEAM: &str = "team0000000000000000000000000000";
/// Its login page.
pub const TEAM_LOGIN: &str = "https://team.example.test/login";
/// An application whose users name their organization before they sign in.
pub const ASK_FIRST: &str = "askfirst000000000000000000000000";
/// The same, and users may sign in without an organization.
pub const ASK_FIRST_OR_PERSONAL: &str = "askfirstorpersonal00000000000000";
/// An application whose users give their email, whose domain leads to the organization.
pub const ASK_BY_EMAIL: &str = "askbyemail0000000000000000000000";
/// The callback of these applications.
pub const ASK_FIRST_CALLBACK: &str = "https://first.example.test/callback";
/// An application whose users choose their organization after they have signed in.
pub const ASK_LATER: &str = "asklater000000000000000000000000";
/// The same, and users may choose none.
pub const ASK_LATER_OR_PERSONAL: &str = "asklaterorpersonal00000000000000";
/// The callback of both.
pub const ASK_LATER_CALLBACK: &str = "https://later.example.test/callback";

/// A native application with a callback on the user's device, which any program could use.
pub const NATIVE: &str = "native00000000000000000000000000";
/// An API that first-party applications may call without the user's consent.
pub const API: &str = "https://api.example.test/";
/// An API that always needs the user's consent.
pub const API_WITH_CONSENT: &str = "https://consent.example.test/";
/// An API whose scopes need a permission; the role `reader` permits `read:reports`.
pub const API_WITH_ROLES: &str = "https://roles.example.test/";
