//! `doorward check-health`: whether an embedded server answers, for the health check of a container.

use crate::control::HEALTH;
use crate::control::client::ControlArgs;
use crate::error::Error;

pub(crate) fn run(args: &ControlArgs) -> Result<(), Error> {
    args.request("GET", HEALTH)
}
