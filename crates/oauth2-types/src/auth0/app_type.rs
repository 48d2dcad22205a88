//! `app_type`: what kind of program an application is.

use crate::text_enum;

text_enum! {
    /// The kind of program that an application is. An application may have none.
    ///
    /// See [Auth0, application settings](https://auth0.com/docs/get-started/applications); OAuth 2.0 knows the profiles
    /// of [RFC 6749 §2.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.1).
    pub enum AppType {
        /// Runs in a browser.
        Spa = "spa",
        /// Runs on a device.
        Native = "native",
        /// Runs on a server and is used through a browser.
        RegularWeb = "regular_web",
        /// Runs without a user.
        NonInteractive = "non_interactive",
    }
}

impl AppType {
    /// Whether it is an app of a device, to which the rules of RFC 8252 apply.
    #[must_use]
    pub fn is_native(self) -> bool {
        self == Self::Native
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        let names = AppType::ALL.iter().map(|app_type| app_type.as_str());
        assert!(names.eq(["spa", "native", "regular_web", "non_interactive"]));
        for app_type in AppType::ALL {
            assert_eq!(app_type.as_str().parse(), Ok(*app_type));
            assert_eq!(app_type.is_native(), app_type.as_str() == "native");
        }
        assert!("".parse::<AppType>().is_err());
    }
}
