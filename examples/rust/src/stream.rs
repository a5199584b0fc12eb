//! Enriched chains, as one stream across failures: each connection goes on exactly after the last
//! frame of the one before, so that none is missed and none comes twice.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tonic::{Code, Streaming, transport::Endpoint};

use crate::{
    contracts::{
        enrichment::v1::{
            StreamChainsRequest, StreamChainsResponse,
            enrichment_service_client::EnrichmentServiceClient, stream_chains_response::Frame,
        },
        stream::v1::{DeliveryPolicy, Started, SubscriptionOutcome},
    },
    failure::Failure,
    session::Session,
};

const FIRST_FRAME: Duration = Duration::from_secs(15);
const MISSED_HEARTBEATS: u32 = 3;
const LARGEST_FRAME: usize = 16 << 20;

pub struct ChainStream {
    endpoint: Endpoint,
    session: Session,
    products: Vec<String>,
    token: String,
    connection: Option<Connection>,
    patience: Patience,
    pause: Duration,
    refused: bool,
}

struct Connection {
    responses: Streaming<StreamChainsResponse>,
    frames: u64,
    longest_silence: Duration,
}

impl ChainStream {
    /// Connects to nothing yet. The token is that of the last frame handled; an empty one begins
    /// with a snapshot.
    pub fn new(endpoint: Endpoint, session: Session, products: Vec<String>, token: String) -> Self {
        Self {
            endpoint,
            session,
            products,
            token,
            connection: None,
            patience: Patience::default(),
            pause: Duration::ZERO,
            refused: false,
        }
    }

    /// The token that goes on exactly after the last frame.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Waits for the next frame, for as long and over as many connections as it takes. Fails only
    /// with what no further try would change.
    pub async fn next(&mut self) -> Result<StreamChainsResponse, Failure> {
        loop {
            match self.read().await {
                Ok(response) => {
                    self.accept(&response);
                    return Ok(response);
                }
                Err(failure) => {
                    self.connection = None;
                    self.pause = self.pause_after(failure)?;
                }
            }
        }
    }

    async fn read(&mut self) -> Result<StreamChainsResponse, Failure> {
        if self.connection.is_none() {
            sleep(self.pause).await;
            self.connection = Some(in_time(FIRST_FRAME, self.connect()).await?);
        }
        self.connection.as_mut().expect("made above").next().await
    }

    async fn connect(&mut self) -> Result<Connection, Failure> {
        // A new HTTP/2 connection every time: the old one may be as dead as its stream was.
        let channel = self.endpoint.connect_lazy();
        let request = StreamChainsRequest {
            products: self.products.clone(),
            resume_token: self.token.clone(),
            delivery: DeliveryPolicy::Lossless.into(),
            heartbeat_interval: None,
        };
        let request = self.session.sign(&channel, request).await?;
        let responses = EnrichmentServiceClient::new(channel)
            .max_decoding_message_size(LARGEST_FRAME)
            .stream_chains(request)
            .await?
            .into_inner();
        Ok(Connection {
            responses,
            frames: 0,
            longest_silence: FIRST_FRAME,
        })
    }

    fn accept(&mut self, response: &StreamChainsResponse) {
        if let Some(Frame::Started(_)) = &response.frame {
            // Its token is older than the snapshot: all that led up to that would come as news.
            return;
        }
        self.patience = Patience::default();
        self.refused = false;
        self.token.clone_from(&response.resume_token);
        match &response.frame {
            Some(Frame::Reset(reset)) => {
                eprintln!("chains may be missing: {}", reset.reason().as_str_name());
            }
            Some(Frame::Lagged(lagged)) => {
                eprintln!("{} chains were folded into newer ones", lagged.folded);
            }
            Some(Frame::GoAway(farewell)) => {
                self.connection = None;
                self.pause = self.patience.pause(duration(farewell.reconnect_after));
                let reason = farewell.reason().as_str_name();
                eprintln!(
                    "the server goes away: {reason}; again in {:.1?}",
                    self.pause
                );
            }
            // A batch is the caller's. All else, whatever it may be, only moves the token.
            _ => {}
        }
    }

    fn pause_after(&mut self, failure: Failure) -> Result<Duration, Failure> {
        if failure.code == Code::Unauthenticated && !self.refused && self.session.refused() {
            self.refused = true;
            eprintln!("{failure}; again with a new token");
            return Ok(Duration::ZERO);
        }
        if failure.is_permanent() {
            return Err(failure);
        }
        let pause = self.patience.pause(failure.retry_after);
        eprintln!("connection lost: {failure}; again in {pause:.1?}");
        Ok(pause)
    }
}

impl Connection {
    async fn next(&mut self) -> Result<StreamChainsResponse, Failure> {
        let message = async { Ok(self.responses.message().await?) };
        let Some(response) = in_time(self.longest_silence, message).await? else {
            return Err(Failure::lost(
                "the server ended the stream without saying goodbye",
            ));
        };
        self.frames += 1;
        if response.sequence != self.frames {
            let (came, due) = (response.sequence, self.frames);
            return Err(Failure::lost(format!(
                "frame {came} came where {due} was due"
            )));
        }
        if let Some(Frame::Started(started)) = &response.frame {
            self.begin(started);
        }
        Ok(response)
    }

    fn begin(&mut self, started: &Started) {
        self.longest_silence = duration(started.heartbeat_interval) * MISSED_HEARTBEATS;
        for subscription in &started.subscriptions {
            if subscription.outcome() == SubscriptionOutcome::Unknown {
                eprintln!("{} is not known yet", subscription.product);
            }
        }
    }
}

/// How long to wait before the next try: hardly at first, then ever longer.
#[derive(Default)]
struct Patience {
    tries: u32,
}

impl Patience {
    const FIRST: Duration = Duration::from_millis(100);
    const MOST: Duration = Duration::from_secs(5);

    /// Returns the next pause, which is never shorter than the server asks for.
    fn pause(&mut self, asked: Duration) -> Duration {
        let longest = Self::MOST.min(Self::FIRST * 2u32.pow(self.tries.min(16)));
        self.tries += 1;
        // Chance keeps clients that lost the same server from coming back at the same moment.
        let chance = fastrand::f64();
        longest
            .mul_f64(f64::midpoint(1.0, chance))
            .max(asked.mul_f64(1.0 + chance / 2.0))
    }
}

async fn in_time<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let silent = |_| Failure::lost(format!("nothing came for {limit:?}, not even a heartbeat"));
    timeout(limit, answer).await.map_err(silent)?
}

fn duration(stated: Option<prost_types::Duration>) -> Duration {
    stated
        .and_then(|stated| stated.try_into().ok())
        .unwrap_or_default()
}
