//! The parameters of an authorization request.

use crate::{APPLICATION, CALLBACK};

/// Parameters for `/authorize`, in order.
#[derive(Debug, Clone)]
pub struct Request {
    parameters: Vec<(String, String)>,
}

impl Request {
    /// A valid request of the tests' application.
    #[must_use]
    pub fn new(response_type: &str) -> Self {
        let parameters = [
            ("client_id", APPLICATION),
            ("redirect_uri", CALLBACK),
            ("response_type", response_type),
            ("scope", "openid profile email"),
            ("state", "state-of-the-application"),
            ("nonce", "nonce-of-the-application"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            parameters: parameters.into(),
        }
    }

    /// A silent request (`prompt=none`).
    #[must_use]
    pub fn silent(response_type: &str) -> Self {
        Self::new(response_type).with("prompt", "none")
    }

    /// Sets a parameter.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// Removes a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self
    }

    /// Adds a parameter, also if it exists already.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value of a parameter; of several, the first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let (_, value) = parameters.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// All parameters, in order.
    #[must_use]
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }
}
