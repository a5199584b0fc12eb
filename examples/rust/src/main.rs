//! Prints the products of a mesh, and then enriched option chains as they come.

mod failure;
mod session;
mod stream;

/// The contracts, as `build.rs` generates them.
#[allow(dead_code, clippy::all, clippy::pedantic, rustdoc::all)]
mod contracts {
    tonic::include_proto!("contracts");
    pub use self::deltastream::*;
}

use std::{
    error::Error,
    fmt::Display,
    fs,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use tonic::transport::{Endpoint, Uri};

use crate::{
    contracts::{
        enrichment::v1::{StreamChainsResponse, stream_chains_response::Frame},
        market::v1::EnrichedChain,
        storage::v1::{ListProductsRequest, storage_service_client::StorageServiceClient},
    },
    failure::Failure,
    session::Session,
    stream::ChainStream,
};

const ADDRESS: &str = "localhost:8009";
const ENVIRONMENT: &str = "\
Environment:
  DELTASTREAM_EMAIL, DELTASTREAM_PASSWORD   Who logs in
  DELTASTREAM_API_KEY                       Or a key; by default nobody";

/// Prints the products of a mesh, and then enriched option chains as they come.
#[derive(Parser)]
#[command(version, after_help = ENVIRONMENT)]
struct Options {
    /// The mesh's gRPC address, after https:// for TLS
    #[arg(long, value_name = "HOST:PORT", value_parser = endpoint, default_value = ADDRESS)]
    address: Endpoint,

    /// End after the frame with the Nth chain
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Begin where the last run with this file ended
    #[arg(long, value_name = "FILE")]
    bookmark: Option<PathBuf>,

    /// Symbols to stream; all, if none is named
    #[arg(value_name = "PRODUCT")]
    products: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let mut session = Session::from_environment();
    for product in list_products(&options.address, &mut session).await? {
        writeln!(io::stdout(), "product {product}")?;
    }
    let token = options
        .bookmark
        .as_deref()
        .map_or(Ok(String::new()), read)?;
    let mut chains = ChainStream::new(options.address, session, options.products, token);
    let mut printed = 0;
    while options.count.is_none_or(|count| printed < count) {
        printed += print(&chains.next().await?)?;
        if let Some(bookmark) = &options.bookmark {
            replace(bookmark, chains.token())?;
        }
    }
    Ok(())
}

/// Takes an address from the command line.
fn endpoint(address: &str) -> Result<Endpoint, Box<dyn Error + Send + Sync>> {
    let (scheme, authority) = address.split_once("://").unwrap_or(("http", address));
    match scheme {
        "http" => {}
        "https" if cfg!(feature = "tls") => {}
        // tonic would say nothing, and send the password in the clear.
        "https" => return Err("https:// needs a build with `--features tls`".into()),
        _ => return Err("neither http:// nor https://".into()),
    }
    let uri: Uri = format!("{scheme}://{authority}").parse()?;
    Ok(Endpoint::new(uri)?
        .connect_timeout(Duration::from_secs(5))
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5)))
}

async fn list_products(endpoint: &Endpoint, session: &mut Session) -> Result<Vec<String>, Failure> {
    let channel = endpoint.connect_lazy();
    let mut request = session.sign(&channel, ListProductsRequest {}).await?;
    request.set_timeout(session::PATIENCE);
    let products = StorageServiceClient::new(channel)
        .list_products(request)
        .await?;
    Ok(products.into_inner().products)
}

/// Prints the chains of a frame, and says how many there were.
fn print(frame: &StreamChainsResponse) -> io::Result<u64> {
    let Some(Frame::Batch(batch)) = &frame.frame else {
        return Ok(0);
    };
    let mut output = io::stdout().lock();
    for chain in &batch.chains {
        writeln!(output, "{}", line(chain))?;
    }
    Ok(batch.chains.len() as u64)
}

fn line(chain: &EnrichedChain) -> String {
    format!(
        "chain {} {} {} spot={} iv={} pcr={}",
        chain.product,
        chain.expiry,
        chain.timestamp.unwrap_or_default(),
        or_unknown(chain.spot_price),
        or_unknown(chain.atm_iv),
        or_unknown(chain.pcr_oi),
    )
}

fn or_unknown(figure: Option<impl Display>) -> String {
    figure.map_or("?".into(), |figure| figure.to_string())
}

/// Returns the token that the last run left; empty if there was none.
fn read(bookmark: &Path) -> io::Result<String> {
    match fs::read_to_string(bookmark) {
        Ok(token) => Ok(token.trim().into()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

/// Replaces the bookmark as a whole: whenever the program is killed, there is one to begin at.
fn replace(bookmark: &Path, token: &str) -> io::Result<()> {
    let mut name = bookmark.as_os_str().to_owned();
    name.push(".new");
    fs::write(&name, token)?;
    fs::rename(&name, bookmark)
}
