//! The options of an embedded server for its signatures.

use doorward_oauth2_types::SigningAlg;
use doorward_token_signing::SigningConfig;

#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct SigningOptions {
    #[arg(
        long = "signing-alg",
        value_name = "ALG",
        help = "Algorithm that tokens may be signed with, besides RS256: PS256, RS512, ES256 or EdDSA; may be \
                repeated. Its keys are made at the first start with it, and stay"
    )]
    signing_algs: Vec<SigningAlg>,
}

impl SigningOptions {
    pub(crate) fn config(&self) -> SigningConfig {
        SigningConfig {
            algs: self.signing_algs.clone(),
            ..SigningConfig::default()
        }
    }
}
