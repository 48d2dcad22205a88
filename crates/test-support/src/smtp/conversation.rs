//! One connection: RFC 5321, as far as a client with one mail needs it.

use std::io;
use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{Answer, Received, Security, State};

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

struct Conversation {
    stream: BufReader<Box<dyn Stream>>,
    state: Arc<State>,
    secured: bool,
    signed_in: bool,
    mail: Received,
}

/// Serves a connection until one side closes it.
pub(super) async fn serve(stream: TcpStream, state: Arc<State>) {
    let mut conversation = Conversation {
        stream: BufReader::new(Box::new(stream)),
        signed_in: state.account.1.is_empty(),
        secured: state.tls.is_none(),
        mail: Received::default(),
        state,
    };
    // A client that closes the connection early is no fault of the server.
    let _ = conversation.run().await;
}

impl Conversation {
    async fn run(&mut self) -> io::Result<()> {
        if matches!(self.state.tls, Some((Security::Tls, _))) {
            self.secure().await?;
        }
        self.say("220 test mail server").await?;
        while let Some(line) = self.line().await? {
            if !self.command(&line).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn secure(&mut self) -> io::Result<()> {
        let Some((_, acceptor)) = &self.state.tls else {
            return Ok(());
        };
        let (empty, _) = tokio::io::duplex(1);
        let plain = std::mem::replace(&mut self.stream, BufReader::new(Box::new(empty)));
        let secured = acceptor.accept(plain.into_inner()).await?;
        self.stream = BufReader::new(Box::new(secured));
        self.secured = true;
        Ok(())
    }

    async fn say(&mut self, lines: &str) -> io::Result<()> {
        let text = lines.replace('\n', "\r\n") + "\r\n";
        self.stream.write_all(text.as_bytes()).await?;
        self.stream.flush().await
    }

    /// A line without its end; `None` at the end of the connection.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).await?;
        let line = line.strip_suffix("\r\n").unwrap_or(&line);
        Ok((length > 0).then(|| line.to_owned()))
    }

    /// Answers a command. Returns whether the connection stays open.
    async fn command(&mut self, line: &str) -> io::Result<bool> {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let answer = *self.state.answer.borrow();
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                argument.clone_into(&mut self.mail.hello);
                let capabilities = self.capabilities();
                self.say(&capabilities).await?;
            }
            "STARTTLS" if !self.secured => {
                self.say("220 go on").await?;
                self.secure().await?;
            }
            "QUIT" => {
                self.say("221 bye").await?;
                return Ok(false);
            }
            "AUTH" if self.secured => self.sign_in(argument).await?,
            _ if !self.secured => self.say("530 5.7.0 STARTTLS first").await?,
            _ if !self.signed_in => self.say("530 5.7.0 sign in first").await?,
            "MAIL" if answer == Answer::RefuseSender => self.say("550 5.7.1 not you").await?,
            "MAIL" => {
                self.mail.from = path(argument);
                self.say("250 ok").await?;
            }
            "RCPT" => self.recipient(path(argument)).await?,
            "DATA" => return self.content().await,
            _ => self.say("500 unknown command").await?,
        }
        Ok(true)
    }

    fn capabilities(&self) -> String {
        let mut capabilities = vec!["test", "8BITMIME"];
        if !self.secured {
            capabilities.push("STARTTLS");
        }
        if self.secured && !self.state.account.1.is_empty() {
            capabilities.push("AUTH PLAIN");
        }
        if *self.state.utf8.borrow() {
            capabilities.push("SMTPUTF8");
        }
        let last = capabilities.len() - 1;
        let lines = capabilities.iter().enumerate().map(|(at, capability)| {
            let mark = if at == last { ' ' } else { '-' };
            format!("250{mark}{capability}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    async fn sign_in(&mut self, argument: &str) -> io::Result<()> {
        let (user, password) = &self.state.account;
        let expected = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
        self.signed_in = argument == format!("PLAIN {expected}");
        let answer = if self.signed_in {
            "235 welcome"
        } else {
            "535 5.7.8 wrong password"
        };
        self.say(answer).await
    }

    async fn recipient(&mut self, address: String) -> io::Result<()> {
        if let Err(refusal) = self.state.accepts(&address) {
            return self.say(refusal).await;
        }
        self.mail.to.push(address);
        self.say("250 ok").await
    }

    async fn content(&mut self) -> io::Result<bool> {
        self.say("354 go on").await?;
        let mut data = String::new();
        loop {
            match self.line().await? {
                None => return Ok(false),
                Some(line) if line == "." => break,
                Some(line) => {
                    data += line.strip_prefix('.').unwrap_or(&line);
                    data += "\r\n";
                }
            }
        }
        let hello = self.mail.hello.clone();
        let mut mail = std::mem::take(&mut self.mail);
        (mail.data, self.mail.hello) = (data, hello);
        self.receive(mail).await
    }

    async fn receive(&mut self, mail: Received) -> io::Result<bool> {
        let answer = *self.state.answer.borrow();
        match answer {
            Answer::Vanish => return Ok(false),
            Answer::RefuseContent => self.say("554 5.7.1 refused").await?,
            _ => {
                self.state.keep(mail);
                let mut answer = self.state.answer.subscribe();
                // The sender is a part of the server, which outlives its connections.
                let _ = answer.wait_for(|answer| *answer != Answer::Hang).await;
                self.say("250 2.0.0 accepted").await?;
            }
        }
        Ok(true)
    }
}

/// The address in `FROM:<address> …`.
fn path(argument: &str) -> String {
    let path = argument.split_once('<').map_or("", |(_, rest)| rest);
    path.split('>').next().unwrap_or_default().to_owned()
}
