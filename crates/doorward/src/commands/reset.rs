//! `doorward reset`: returns a server for tests to its seed.

use crate::control::RESET;
use crate::control::client::ControlArgs;
use crate::error::Error;

pub(crate) fn run(args: &ControlArgs) -> Result<(), Error> {
    args.request("POST", RESET)
}
