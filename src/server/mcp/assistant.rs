//! [`Assistant`]: answers the requests of one client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use axum::http::request::Parts;
use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CompletionInfo,
    ContentBlock, DiscoverResult, GetPromptRequestParams, GetPromptResponse, GetPromptResult, Implementation,
    JsonObject, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, PromptMessage, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult,
    ResourceContents, Role as Speaker, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Question};
use super::fields::Given;
use super::resources::{self, Missing};
use super::tools::{self, Asks, ROWS, TOOLS};
use super::values::{Detail, parameter};
use super::words::{statement, word};
use super::{prompts, sections};
use crate::server::users::Role;
use crate::server::{Host, Line, blocking};

/// How long a client may keep lists that do not change while the server runs: an hour.
const KEEP_LISTS: u64 = 3_600_000;

const INSTRUCTIONS: &str = "\
    A graph of terms and the relations between them, each relation with the sentence and source that states it. Start with \
    `find` if a name is not known, `show` for what a term is, `schema` for what the graph is made of. `deps` and `impact` \
    follow needs and failures, `why` explains one need, `order` and `critical` look at the whole. `outcome` tells whether \
    something was found, nothing was found, or there is no such term (`suggestions` has names). Cite evidence. If \
    `complete` is false the answer was cut: say so, or narrow the question.";

/// Answers the requests of a client.
#[derive(Clone)]
pub(super) struct Assistant {
    host: Arc<Host>,
}

impl Assistant {
    pub(super) fn new(host: Arc<Host>) -> Assistant {
        Assistant { host }
    }

    /// What the caller may do: over HTTP what its password says, else what the server was started with.
    fn role(&self, context: &RequestContext<RoleServer>) -> Role {
        let known = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Role>().copied());
        let role = known.unwrap_or(if self.host.users.are_asked() { Role::Reader } else { Role::Writer });
        if self.host.settings.assistants_write { role } else { Role::Reader }
    }

    /// Runs the closure with a line to the database on a thread that may block. What it runs is stopped if the client
    /// cancels the request or goes away.
    async fn on_line<T: Send + 'static>(
        &self,
        context: &RequestContext<RoleServer>,
        run: impl FnOnce(&Host, &mut Line) -> T + Send + 'static,
    ) -> Result<T, ErrorData> {
        let mut line = Line::new(self.host.clone(), self.role(context));
        let stop = Stop(line.cancel_flag());
        let host = self.host.clone();
        let task = blocking(move || {
            let _call = host.counters.calls.enter();
            run(&host, &mut line)
        });
        let done = stopped_by(&context.ct, &stop, task).await;
        done.map_err(|error| ErrorData::internal_error(error.to_string(), None))
    }
}

/// Stops the statement of a line when it is dropped; a statement that is done does not mind.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Waits for the task; once the token is cancelled it is told to stop, and still waited for.
async fn stopped_by<T>(token: &CancellationToken, stop: &Stop, task: impl Future<Output = T>) -> T {
    tokio::pin!(task);
    tokio::select! {
        done = &mut task => return done,
        () = token.cancelled() => stop.0.store(true, Relaxed),
    }
    task.await
}

impl ServerHandler for Assistant {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_prompts()
            .enable_completions()
            .build();
        let server = Implementation::new("kenning", env!("CARGO_PKG_VERSION")).with_title("kenning");
        ServerConfig::new(capabilities)
            .with_server_info(server)
            .with_instructions(format!("The graph is called `{}`. {INSTRUCTIONS}", self.host.name))
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let result = DiscoverResult::from_server_info(self.supported_protocol_versions().into_owned(), self.get_info());
        Ok(result.with_ttl_ms(KEEP_LISTS).with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let may_write = self.role(&context) == Role::Writer;
        let tools = TOOLS.iter().filter(|tool| may_write || !tool.writes()).map(tools::Tool::described).collect();
        // Which tools there are depends on the user.
        Ok(ListToolsResult::with_all_items(tools).with_ttl_ms(KEEP_LISTS).with_cache_scope(CacheScope::Private))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::find(name, self.host.settings.assistants_write).map(tools::Tool::described)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = tools::find(&request.name, self.role(&context) == Role::Writer);
        let tool = tool.ok_or_else(|| invalid(format!("there is no tool `{}`", request.name)))?;
        let answer = self.on_line(&context, move |host, line| call(host, line, tool, request.arguments)).await?;
        tracing::info!(tool = tool.name, outcome = answer.outcome.name(), "answered");
        Ok(answer.into_result().into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        let page = self.on_line(&context, move |host, line| resources::page(host, line, cursor.as_deref())).await?;
        let (resources, next) = page.map_err(|missing| refusal("", missing))?;
        let mut result = ListResourcesResult::with_all_items(resources);
        result.next_cursor = next;
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let result = ListResourceTemplatesResult::with_all_items(resources::templates());
        Ok(result.with_ttl_ms(KEEP_LISTS).with_cache_scope(CacheScope::Private))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let uri = request.uri.clone();
        let read = self.on_line(&context, move |host, line| resources::read(host, line, &uri)).await?;
        let contents = read.map_err(|missing| refusal(&request.uri, missing))?;
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let result = ListPromptsResult::with_all_items(prompts::described());
        Ok(result.with_ttl_ms(KEEP_LISTS).with_cache_scope(CacheScope::Private))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let wanted = prompts::fill(&request.name, request.arguments.as_ref()).map_err(invalid)?;
        let mut messages = vec![PromptMessage::new_text(Speaker::User, wanted.text)];
        for term in wanted.terms {
            let named = term.clone();
            let card = self.on_line(&context, move |host, line| resources::embedded(host, line, &named)).await?;
            let (uri, text) = card.map_err(|missing| refusal(&term, missing))?;
            let contents = ResourceContents::text(text, uri).with_mime_type("text/markdown");
            messages.push(PromptMessage::new(Speaker::User, ContentBlock::resource(contents)));
        }
        Ok(GetPromptResult::new(messages).with_description(wanted.description).into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let text = request.argument.value;
        // All arguments of prompts are terms, and so is that of the address; `format` has one value.
        if request.argument.name == "format" {
            let only = CompletionInfo::with_all_values(vec!["json".into()]).map_err(invalid)?;
            return Ok(CompleteResult::new(only));
        }
        let names = self.on_line(&context, move |host, line| resources::names_like(host, line, &text)).await?;
        let names = names.map_err(|missing| refusal("", missing))?;
        let has_more = names.len() == CompletionInfo::MAX_VALUES;
        let info = CompletionInfo::with_pagination(names, None, has_more).map_err(invalid)?;
        Ok(CompleteResult::new(info))
    }
}

/// Runs a tool.
fn call(host: &Host, line: &mut Line, tool: &'static tools::Tool, arguments: Option<JsonObject>) -> Answer {
    let given = match Given::check(&tool.fields(), arguments) {
        Ok(given) => given,
        Err(problems) => return Answer::invalid(host, &problems),
    };
    let allowed = host.settings.assistant_rows.unwrap_or(u64::MAX);
    let most = usize::try_from(given.count("limit").unwrap_or(ROWS).min(allowed)).unwrap_or(usize::MAX);
    let question = match &tool.asks {
        Asks::Schema => return sections::schema(host, line, most),
        Asks::Word { keyword, operands } => match statement(word(keyword), operands, &given) {
            Ok(statement) => Question { detail: Detail::Named, most, ..Question::reading(statement, &[]) },
            Err(errors) => return Answer::unreadable(host, &errors),
        },
        Asks::Statement { writes } => {
            let statement = given.text("query").unwrap_or_default().to_string();
            let parameters = given.object("parameters").into_iter().flatten();
            let value = |(name, json): (&String, &Json)| Ok((name.clone(), parameter(json)?));
            match parameters.map(value).collect::<Result<_, String>>() {
                Ok(parameters) => Question { statement, parameters, writes: *writes, detail: Detail::Full, most },
                Err(problem) => return Answer::invalid(host, &[format!("in `parameters`: {problem}")]),
            }
        }
    };
    question.ask(host, line)
}

fn invalid(message: String) -> ErrorData {
    ErrorData::invalid_params(message, None)
}

/// The error of a request for a resource or prompt.
fn refusal(uri: &str, missing: Missing) -> ErrorData {
    match missing {
        Missing::Invalid(message) => invalid(message),
        Missing::Unknown(message, suggestions) => {
            ErrorData::resource_not_found(message, Some(resources::data(uri, &suggestions)))
        }
        Missing::Failed(errors) => {
            let messages: Vec<String> = errors.into_iter().map(|error| error.message).collect();
            ErrorData::internal_error(messages.join("; "), Some(json!({ "uri": uri })))
        }
    }
}
