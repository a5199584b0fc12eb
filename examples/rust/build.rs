//! Generates the clients from the contracts, at every build after a change of theirs.

use std::{env, error::Error, path::PathBuf};

/// Those that the program calls; what they import comes with them.
const CONTRACTS: [&str; 3] = [
    "deltastream/auth/v1/auth_service.proto",
    "deltastream/enrichment/v1/enrichment_service.proto",
    "deltastream/storage/v1/storage_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=DELTASTREAM_ROOT");
    let root = PathBuf::from(env::var("DELTASTREAM_ROOT").unwrap_or_else(|_| "../..".into()));
    let includes = [root.join("proto"), root.join("third_party")];
    for folder in &includes {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    tonic_prost_build::configure()
        .build_server(false)
        .include_file("contracts.rs")
        .compile_fds(protox::compile(CONTRACTS, includes)?)?;
    Ok(())
}
