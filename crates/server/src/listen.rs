//! The door to the street: accepts connections, makes them secret, and bounds what a stranger can hold open.
//!
//! A peer gets so long for its TLS handshake and for the head of each request; one address gets so many
//! connections; all together so many. What is over the bounds is closed at once and costs a file descriptor for
//! a moment.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::addresses::{Addresses, Connected};
use crate::metrics::Metrics;
use crate::tls::{ACME_ALPN, Tls};

/// Connections at once.
const CONNECTIONS_MAX: usize = 8_192;
/// TLS handshakes at once: each is a few milliseconds of arithmetic that calls must not wait for.
const HANDSHAKES_MAX: usize = 32;
/// A peer's time for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A peer's time for the head of a request, and between requests.
const HEAD: Duration = Duration::from_secs(15);
/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// When the system has no connections to give, it is asked again after this.
const PAUSE: Duration = Duration::from_millis(50);

/// Who is connected, and to what.
pub struct Door {
    router: Router,
    tls: Option<Arc<Tls>>,
    metrics: Arc<Metrics>,
    places: Arc<Semaphore>,
    handshakes: Arc<Semaphore>,
    addresses: Arc<Addresses>,
}

/// One connection's place; gives it back when dropped.
struct Held {
    _place: OwnedSemaphorePermit,
    _address: Connected,
}

impl Door {
    /// The door to these routes; one address may open so many connections a second.
    pub fn new(
        router: Router,
        tls: Option<Arc<Tls>>,
        metrics: Arc<Metrics>,
        per_second: u32,
    ) -> Self {
        Self {
            router,
            tls,
            metrics,
            places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            handshakes: Arc::new(Semaphore::new(HANDSHAKES_MAX)),
            addresses: Arc::new(Addresses::new(per_second)),
        }
    }

    /// Serves until `until` is done; then lets requests that were begun end.
    pub async fn serve(self, listener: TcpListener, until: impl Future<Output = ()>) {
        let door = Arc::new(self);
        let (stop, stopped) = watch::channel(false);
        let mut until = std::pin::pin!(until);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = until.as_mut() => break,
            };
            match accepted {
                Ok((stream, peer)) => match door.place(peer.ip()) {
                    Some(held) => {
                        tokio::spawn(door.clone().connection(stream, held, stopped.clone()));
                    }
                    None => {
                        // Nothing of it stays with the system either.
                        let _ = stream.set_zero_linger();
                        door.metrics.connections_refused.fetch_add(1, Relaxed);
                    }
                },
                // Too many open files, for one: others must close theirs first.
                Err(error) => {
                    tracing::warn!("no connection can be accepted: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        drop(listener);
        drop(stopped);
        // Nobody may be connected.
        let _ = stop.send(true);
        stop.closed().await;
    }

    /// A place for a connection from this address, if there is one.
    fn place(&self, address: IpAddr) -> Option<Held> {
        let address = self.addresses.enter(address, Instant::now())?;
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some(Held { _place: place, _address: address })
    }

    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        held: Held,
        stop: watch::Receiver<bool>,
    ) {
        // Voice frames are small and must not wait for one another.
        let _ = stream.set_nodelay(true);
        let Some(tls) = self.tls.clone() else {
            return self.answer(stream, held, stop).await;
        };
        let shaken = {
            // The semaphore is never closed.
            let Ok(_permit) = self.handshakes.acquire().await else { return };
            tokio::time::timeout(HANDSHAKE, tls.acceptor().accept(stream)).await
        };
        match shaken {
            // It has seen what it looked for.
            Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(ACME_ALPN) => {}
            Ok(Ok(stream)) => self.answer(stream, held, stop).await,
            Ok(Err(error)) => tracing::debug!("a TLS handshake failed: {error}"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn answer(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        held: Held,
        mut stop: watch::Receiver<bool>,
    ) {
        let service = TowerToHyperService::new(self.router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = async { drop(stop.wait_for(|stop| *stop).await) } => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!("a connection broke: {error}");
        }
        drop(held);
    }
}
