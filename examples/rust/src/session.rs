//! Who is calling: with an access token that is renewed before it ends, a key, or nothing.

use std::{
    env,
    time::{Duration, SystemTime},
};

use prost_types::Timestamp;
use tonic::{Code, Request, Status, metadata::AsciiMetadataValue, transport::Channel};

use crate::{
    contracts::auth::v1::{LoginRequest, RefreshRequest, auth_service_client::AuthServiceClient},
    failure::Failure,
};

/// How long a unary call may take.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub enum Session {
    Anonymous,
    ApiKey(String),
    Account(Account),
}

impl Session {
    /// Calls as whom the environment names.
    pub fn from_environment() -> Self {
        let setting = |name| env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(email) = setting("DELTASTREAM_EMAIL") {
            let password = setting("DELTASTREAM_PASSWORD").unwrap_or_default();
            Self::Account(Account::new(LoginRequest { email, password }))
        } else if let Some(key) = setting("DELTASTREAM_API_KEY") {
            Self::ApiKey(key)
        } else {
            Self::Anonymous
        }
    }

    /// Returns a request with the caller's credentials, for a call that is made now.
    pub async fn sign<T>(&mut self, channel: &Channel, message: T) -> Result<Request<T>, Failure> {
        let mut request = Request::new(message);
        let metadata = request.metadata_mut();
        match self {
            Self::Anonymous => {}
            Self::ApiKey(key) => {
                metadata.insert("x-api-key", secret(key)?);
            }
            Self::Account(account) => {
                let token = account.access_token(channel).await?;
                metadata.insert("authorization", secret(&format!("Bearer {token}"))?);
            }
        }
        Ok(request)
    }

    /// Takes note that a call was refused, and says whether the next may fare better.
    pub fn refused(&mut self) -> bool {
        match self {
            Self::Anonymous => false,
            // The mesh gets a token for it, and had one that ended.
            Self::ApiKey(_) => true,
            Self::Account(account) => account.access.take().is_some(),
        }
    }
}

pub struct Account {
    login: LoginRequest,
    access: Option<AccessToken>,
    refresh_token: String,
}

struct AccessToken {
    text: String,
    renew_at: SystemTime,
}

impl Account {
    fn new(login: LoginRequest) -> Self {
        Self {
            login,
            access: None,
            refresh_token: String::new(),
        }
    }

    async fn access_token(&mut self, channel: &Channel) -> Result<&str, Failure> {
        let now = SystemTime::now();
        if self
            .access
            .as_ref()
            .is_none_or(|token| token.renew_at <= now)
        {
            self.renew(channel).await?;
        }
        Ok(self.access.as_ref().map_or("", |token| &token.text))
    }

    async fn renew(&mut self, channel: &Channel) -> Result<(), Status> {
        if !self.refresh_token.is_empty() {
            match self.refresh(channel).await {
                // The session is over. What is left is to begin another.
                Err(refused) if refused.code() == Code::Unauthenticated => self.access = None,
                outcome => return outcome,
            }
        }
        self.log_in(channel).await
    }

    async fn refresh(&mut self, channel: &Channel) -> Result<(), Status> {
        let request = hurried(RefreshRequest {
            refresh_token: self.refresh_token.clone(),
        });
        let tokens = AuthServiceClient::new(channel.clone())
            .refresh(request)
            .await?
            .into_inner();
        self.hold(tokens.token, tokens.refresh_token, tokens.expires_at);
        Ok(())
    }

    async fn log_in(&mut self, channel: &Channel) -> Result<(), Status> {
        let request = hurried(self.login.clone());
        let tokens = AuthServiceClient::new(channel.clone())
            .login(request)
            .await?
            .into_inner();
        self.hold(tokens.token, tokens.refresh_token, tokens.expires_at);
        Ok(())
    }

    /// Keeps the tokens, the access token for three quarters of its life.
    fn hold(&mut self, text: String, refresh_token: String, expires_at: Option<Timestamp>) {
        let now = SystemTime::now();
        let end = expires_at
            .and_then(|end| SystemTime::try_from(end).ok())
            .unwrap_or(now);
        let life = end.duration_since(now).unwrap_or_default();
        self.access = Some(AccessToken {
            text,
            renew_at: now + life * 3 / 4,
        });
        self.refresh_token = refresh_token;
    }
}

fn hurried<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(PATIENCE);
    request
}

fn secret(text: &str) -> Result<AsciiMetadataValue, Status> {
    let mut value: AsciiMetadataValue = text
        .parse()
        .map_err(|_| Status::unauthenticated("the credentials cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}
