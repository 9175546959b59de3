//! `hearsay serve`: the server.

use std::net::IpAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{engine, runtime};
use crate::acme;
use crate::agent_file;
use crate::cli::ServeArgs;
use crate::config::{Config, SharedStore};
use crate::drive::Switchboard;
use crate::http::{self, App};
use crate::listen::Door;
use crate::memory;
use crate::shared_limits::SharedLimits;
use crate::tls::Tls;

/// Calls in progress get this long to end after an interrupt.
const DRAIN: Duration = Duration::from_secs(20);
/// How often files of keys and certificates are looked at.
const REFRESH_EVERY: Duration = Duration::from_secs(2);

/// Runs the command until it is interrupted.
pub fn run(args: &ServeArgs) -> Result<ExitCode, String> {
    let started = Instant::now();
    memory::guard();
    let mut config = Config::load(args.config.as_deref()).map_err(|e| e.to_string())?;
    if let Some(listen) = &args.listen {
        config.listen = listen
            .parse()
            .map_err(|_| format!("--listen {listen}: not an address; write host:port"))?;
    }
    let agent = agent_file::read(config.agent.as_deref())?;
    let documents = agent_file::documents(config.agent.as_deref(), &agent)?;
    let engine = engine(Some(config.workers))?;
    runtime()?.block_on(async move {
        let ready = agent_file::with_demo(agent).await?;
        let board = Switchboard::new(engine, Arc::new(ready.agent), &documents)?;
        let board = board.with_transcripts(&config.transcripts);
        let listener = tokio::net::TcpListener::bind(config.listen).await.map_err(|e| {
            format!("cannot listen on {}: {e}; give another with --listen host:port", config.listen)
        })?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let tls =
            config.tls.clone().map(|tls| Tls::new(tls, address.ip()).map(Arc::new)).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut app = App::new(config, board, format!("{scheme}://{address}")).guarded()?;
        if let Some(SharedStore { redis_url, prefix }) = &app.config.shared_limits {
            let metrics = app.metrics.clone();
            let limits = SharedLimits::connect(redis_url.expose(), prefix, metrics).await?;
            app.shared = Some(Arc::new(limits));
        }
        let app = Arc::new(app);
        // Scripts wait for this line, so it goes to the standard output.
        println!(
            "hearsay: {} answers on {scheme}://{address} (ready after {} ms)",
            app.board.agent.name(),
            started.elapsed().as_millis()
        );
        let (calls, last) = (app.calls.clone(), app.clone());
        let calls_max = u32::try_from(app.config.calls_max).unwrap_or(u32::MAX);
        let refreshing = tokio::spawn(refresh(app.clone(), tls.clone(), address.ip()));
        let metrics = app.metrics.clone();
        if let Some((settings, certificates)) = tls.as_ref().and_then(|tls| tls.acme()) {
            tokio::spawn(acme::keep(settings, certificates, metrics.clone()));
        }
        let per_second = app.config.connections_per_second;
        let door = Door::new(http::routes(app), tls, metrics, per_second);
        door.serve(listener, interrupted()).await;
        refreshing.abort();
        // Media sockets are upgraded and no longer the server's: wait for the
        // calls themselves.
        let drained = tokio::time::timeout(DRAIN, calls.acquire_many(calls_max)).await;
        if drained.is_err() {
            eprintln!("hearsay: some calls had not ended after {} s", DRAIN.as_secs());
        }
        if let Some(keeper) = &last.keeper {
            keeper.finish();
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Reads certificates and keys again when their files change.
async fn refresh(app: Arc<App>, tls: Option<Arc<Tls>>, address: IpAddr) {
    loop {
        tokio::time::sleep(REFRESH_EVERY).await;
        if let Some(keys) = &app.keys {
            keys.refresh();
        }
        if let Some(tls) = &tls {
            tls.refresh(address);
        }
    }
}

/// Ctrl-C, or the termination signal that service managers send.
pub async fn interrupted() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! { () = interrupt => {}, () = terminate => {} }
    }
    #[cfg(not(unix))]
    interrupt.await;
    eprintln!("hearsay: stopping; calls in progress may finish");
}
