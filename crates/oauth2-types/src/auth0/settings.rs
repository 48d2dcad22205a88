//! Settings of tenants, applications, APIs and connections that have one of a few values.

use crate::text_enum;

text_enum! {
    /// `organization_usage`: whether sign-ins to an application name an organization.
    #[derive(Default)]
    pub enum OrganizationUsage {
        /// Naming one is an error.
        #[default]
        Deny = "deny",
        /// With or without.
        Allow = "allow",
        /// Always.
        Require = "require",
    }
}

text_enum! {
    /// `organization_require_behavior`: what happens to a sign-in that must name an organization and does not.
    #[derive(Default)]
    pub enum OrganizationRequireBehavior {
        /// It is refused.
        #[default]
        NoPrompt = "no_prompt",
        /// The user is asked before the login.
        PreLoginPrompt = "pre_login_prompt",
        /// The user is asked after the login.
        PostLoginPrompt = "post_login_prompt",
    }
}

text_enum! {
    /// `organization_discovery_methods`: how users name their organization before the sign-in.
    pub enum OrganizationDiscoveryMethod {
        /// By an email address in one of the organization's verified domains.
        Email = "email",
        /// By its name.
        OrganizationName = "organization_name",
    }
}

text_enum! {
    /// `third_party_security_mode`: how much a third-party application may do.
    #[derive(Default)]
    pub enum ThirdPartySecurityMode {
        /// The same rights as a first-party application, with consent.
        #[default]
        Permissive = "permissive",
        /// Little; among others, it registers no placeholders.
        Strict = "strict",
    }
}

text_enum! {
    /// `subject_type_authorization.user.policy`: which applications may get access tokens of users for an API.
    #[derive(Default)]
    pub enum UserAccess {
        /// Every application.
        #[default]
        AllowAll = "allow_all",
        /// Only applications with a client grant for users.
        RequireClientGrant = "require_client_grant",
        /// None.
        DenyAll = "deny_all",
    }
}

text_enum! {
    /// `subject_type` of a client grant: on whose behalf the application asks.
    #[derive(Default)]
    pub enum SubjectType {
        /// On its own.
        #[default]
        Client = "client",
        /// On a user's.
        User = "user",
    }
}

text_enum! {
    /// `strategy` of a connection: where its users are.
    #[derive(Default)]
    pub enum ConnectionStrategy {
        /// In a database of the tenant.
        #[default]
        Auth0 = "auth0",
    }
}

text_enum! {
    /// `resource_parameter_profile`: which parameters of a request can name the API.
    #[derive(Default)]
    pub enum ResourceParameterProfile {
        /// `audience` alone.
        #[default]
        Audience = "audience",
        /// `resource` (RFC 8707) too, where there is no `audience`.
        Compatibility = "compatibility",
    }
}
