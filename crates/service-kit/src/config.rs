//! Process settings: one TOML file, overridden by environment variables `DOORWARD_SECTION__KEY`.
//!
//! Unknown keys are refused with a line that names the key. Secrets are never values but paths of files.

use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use serde::de::DeserializeOwned;

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration file {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("configuration file {}: {problem}", path.display())]
    NotToml {
        /// Which file.
        path: PathBuf,
        /// Where it stops being TOML, on one line.
        problem: String,
    },
    /// The file or the environment holds something that does not fit.
    #[error("configuration")]
    Malformed(#[source] Box<config::ConfigError>),
    /// A value breaks its rule.
    #[error("configuration: {key}: {problem}")]
    Invalid {
        /// Path of the setting, for example `grpc.listen`.
        key: String,
        /// The problem.
        problem: String,
    },
}

impl ConfigError {
    /// Names a setting and what is wrong with it.
    pub fn invalid(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid {
            key: key.into(),
            problem: problem.into(),
        }
    }
}

/// Reads settings from a file, if one is given, and from the environment, which wins.
pub fn load<T: DeserializeOwned>(file: Option<&Path>) -> Result<T, ConfigError> {
    let mut builder = Config::builder();
    if let Some(path) = file {
        builder = builder.add_source(read_toml(path)?);
    }
    let environment = Environment::with_prefix("DOORWARD")
        .prefix_separator("_")
        .separator("__")
        .try_parsing(true);
    let built = builder.add_source(environment).build();
    let settings = built.and_then(Config::try_deserialize);
    settings.map_err(|source| ConfigError::Malformed(Box::new(source)))
}

fn read_toml(path: &Path) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let source = File::from_str(&text, FileFormat::Toml);
    let built = Config::builder().add_source(source).build();
    built.map_err(|error| ConfigError::NotToml {
        path: path.to_owned(),
        problem: one_line(&error),
    })
}

/// The first and last line of a TOML error say where and what; between them the line is drawn.
fn one_line(error: &config::ConfigError) -> String {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().to_owned();
    lines
        .next_back()
        .map_or(first.clone(), |last| format!("{first}: {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::with_causes;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        #[expect(dead_code, reason = "only its parsing matters")]
        colour: String,
    }

    fn refusal(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        with_causes(&load::<Settings>(Some(file.path())).unwrap_err())
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = refusal("colour = 'red'\ncolor = 'red'");
        assert!(error.contains("`color`"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_toml_is_named_on_one_line() {
        let error = refusal("colour = 'red'\ncolour = = 2");
        assert!(error.contains("line 2") && !error.contains('\n'), "{error}");
    }

    #[test]
    fn a_missing_key_is_named() {
        let error = refusal("");
        assert!(error.contains("colour"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = load::<Settings>(Some(Path::new("/nonexistent.toml"))).unwrap_err();
        assert!(error.to_string().contains("/nonexistent.toml"), "{error}");
    }
}
