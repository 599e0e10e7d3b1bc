//! A TCP relay between client and server whose connections can be cut or frozen: the network of these tests.

use std::{net::SocketAddr, sync::Arc};

use confab_model::ServerAddress;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Notify,
};

pub struct Proxy {
    pub address: ServerAddress,
    cut: Arc<Notify>,
    freeze: Arc<Notify>,
}

impl Proxy {
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, freeze) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let signals = (cut.clone(), freeze.clone());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (cut, freeze) = signals.clone();
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        () = cut.notified() => {}
                        // Neither side hears of it; the sockets stay open until the test ends.
                        () = freeze.notified() => std::future::pending().await,
                    }
                });
            }
        });
        let address = ServerAddress { host: "127.0.0.1".to_owned(), port, direct_tls: false };
        Self { address, cut, freeze }
    }

    /// Closes all connections.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }

    /// Makes all connections silent, as when Wi-Fi is gone.
    pub fn freeze(&self) {
        self.freeze.notify_waiters();
    }
}
