//! Why a call failed, in the mesh's words.

use std::{
    error::Error,
    fmt::{self, Display, Formatter},
    iter::successors,
    time::Duration,
};

use tonic::{Code, Status};
use tonic_types::StatusExt;

#[derive(Debug)]
pub struct Failure {
    pub code: Code,
    /// A name of the contract's `ErrorReason`; where gRPC itself failed, that of the code.
    pub reason: String,
    pub message: String,
    /// How long the server asks to stay away.
    pub retry_after: Duration,
}

impl Failure {
    /// The connection broke a promise of the protocol.
    pub fn lost(why: impl Into<String>) -> Self {
        Status::unavailable(why).into()
    }

    /// Whether trying again would change nothing.
    pub fn is_permanent(&self) -> bool {
        matches!(
            self.code,
            Code::InvalidArgument
                | Code::Unauthenticated
                | Code::PermissionDenied
                | Code::Unimplemented
        )
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let info = status.get_details_error_info();
        let retry = status.get_details_retry_info();
        Self {
            code: status.code(),
            reason: info.map_or_else(|| name(status.code()), |info| info.reason),
            message: message(&status),
            retry_after: retry
                .and_then(|retry| retry.retry_delay)
                .unwrap_or_default(),
        }
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.reason, self.message)
    }
}

impl Error for Failure {}

/// Returns what was said and, where nobody answered, the operating system's word for it.
fn message(status: &Status) -> String {
    let said = status.message();
    match successors(status.source(), |&error| error.source()).last() {
        Some(cause) => format!("{said}: {cause}"),
        None => said.to_owned(),
    }
}

/// Returns the name that gRPC gives a code, such as `INVALID_ARGUMENT`.
fn name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}
