//! A small bank to call: the service behind the bank example.
//!
//! It keeps two customers in memory, checks their codes, locks cards and takes
//! orders for new ones, so that the example's tools talk to something real over
//! HTTP. An agent file asks for it with a variable whose value is `demo:bank`.
//! It listens on the loopback address alone and forgets all at its end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

/// Days until a new card is in the mail.
const DELIVERY_DAYS: u32 = 5;
/// Orders kept.
const ORDERS_MAX: usize = 10_000;

/// A running demo bank; it ends with this value.
pub struct DemoBank {
    url: String,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Bank {
    /// By the customer's four-digit code.
    cards: HashMap<&'static str, Card>,
    orders: Vec<String>,
}

struct Card {
    ending: &'static str,
    balance_cents: i64,
    locked: bool,
}

type Shared = Arc<Mutex<Bank>>;
type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

impl DemoBank {
    /// Opens the bank on a free port.
    pub async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let routes = Router::new()
            .route("/verify", post(verify))
            .route("/balance", post(balance))
            .route("/cards/lock", post(lock_card))
            .route("/cards/replacement", post(replace_card))
            .with_state(Arc::new(Mutex::new(Bank::open())));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::warn!("the demo bank stopped: {error}");
            }
        });
        Ok(Self { url, server })
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for DemoBank {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Bank {
    fn open() -> Self {
        let card = |ending, balance_cents| Card { ending, balance_cents, locked: false };
        let cards = HashMap::from([("4729", card("3310", 128_450)), ("8156", card("7702", 9_905))]);
        Self { cards, orders: Vec::new() }
    }

    fn card(&mut self, code: &str) -> Result<&mut Card, (StatusCode, Json<Value>)> {
        let unknown = (StatusCode::FORBIDDEN, Json(json!({ "error": "unknown code" })));
        self.cards.get_mut(code).ok_or(unknown)
    }
}

#[derive(Deserialize)]
struct Customer {
    code: String,
}

fn open(bank: &Shared) -> MutexGuard<'_, Bank> {
    bank.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn verify(State(bank): State<Shared>, Json(customer): Json<Customer>) -> Answer {
    let verified = open(&bank).cards.contains_key(customer.code.as_str());
    Ok(Json(json!({ "ok": verified })))
}

async fn balance(State(bank): State<Shared>, Json(customer): Json<Customer>) -> Answer {
    let mut bank = open(&bank);
    let card = bank.card(&customer.code)?;
    let (dollars, cents) = (card.balance_cents / 100, card.balance_cents % 100);
    Ok(Json(json!({ "balance": format!("${dollars}.{cents:02}") })))
}

async fn lock_card(State(bank): State<Shared>, Json(customer): Json<Customer>) -> Answer {
    let mut bank = open(&bank);
    let card = bank.card(&customer.code)?;
    card.locked = true;
    Ok(Json(json!({ "locked": true, "card_ending": card.ending })))
}

async fn replace_card(State(bank): State<Shared>, Json(wish): Json<Replacement>) -> Answer {
    let mut bank = open(&bank);
    let card = bank.cards.values().find(|card| card.ending == wish.card_ending);
    if !card.is_some_and(|card| card.locked) {
        let error = json!({ "error": "no locked card has this ending" });
        return Err((StatusCode::CONFLICT, Json(error)));
    }
    if bank.orders.len() >= ORDERS_MAX {
        let error = json!({ "error": "no more orders today" });
        return Err((StatusCode::SERVICE_UNAVAILABLE, Json(error)));
    }
    let order = format!("R-{}", 1001 + bank.orders.len());
    bank.orders.push(order.clone());
    let answer = json!({ "status": "success", "order": order, "delivery_days": DELIVERY_DAYS });
    Ok(Json(answer))
}

#[derive(Deserialize)]
struct Replacement {
    card_ending: String,
}
