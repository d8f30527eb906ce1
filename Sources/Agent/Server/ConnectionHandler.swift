import NIOCore
import Wire

/// One connection: reads frames, writes responses in their order, and enforces the timeouts.
///
/// Serves cached responses on the event loop; everything else becomes a task.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: Peer
    private let socket: SocketRole
    private let dispatcher: Dispatcher
    private let limits: AgentSettings.Limits
    private let connections: ConnectionCounter
    private var state: ConnectionStateMachine
    private var isInputClosed = false
    /// As of the last call of ``channelWritabilityChanged(context:)``.
    private var isWritable = true
    /// The bytes that wait for a client that does not read, as ``connections`` counts them; 0 while it reads.
    private var unread = 0
    /// The newest event that a slow reader has missed, by request.
    private var missed: [UInt64: [UInt8]] = [:]
    private var frameTimer: (frame: UInt64, Scheduled<Void>)?
    private var idleTimer: Scheduled<Void>?
    /// Since when the connection has no request; nil while it has one.
    private var idleSince: NIODeadline?
    private var writeTimer: Scheduled<Void>?
    private var tasks: [UInt64: (request: RequestTask, task: Task<Void, Never>)] = [:]

    init(
        peer: Peer, socket: SocketRole, dispatcher: Dispatcher, limits: AgentSettings.Limits,
        connections: ConnectionCounter
    ) {
        self.peer = peer
        self.socket = socket
        self.dispatcher = dispatcher
        self.limits = limits
        self.connections = connections
        state = ConnectionStateMachine(inFlight: limits.inFlight)
    }

    func channelActive(context: ChannelHandlerContext) {
        send([dispatcher.hello()], context)
        proceed(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        state.receive(Array(buffer: unwrapInboundIn(data)))
        proceed(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            isInputClosed = true
            closeWhenOver(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        for timer in [frameTimer?.1, idleTimer, writeTimer] { timer?.cancel() }
        // Reads without a caller end; a mutation is a job by now and continues.
        for (_, task) in tasks { task.task.cancel() }
        connections.countUnread(-unread)
        unread = 0
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeTimer?.cancel()
        writeTimer = nil
        isWritable = context.channel.isWritable
        countUnread(context)
        if isWritable {
            let caughtUp = missed.sorted { $0.key < $1.key }
            missed = [:]
            for (number, newest) in caughtUp {
                write(dispatcher.gap(tasks[number]?.request.requestID), context)
                write(newest, context)
            }
            context.flush()
            // Not at once: a flush inside could re-enter this function.
            let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.handler.proceed(bound.value.context) }
        } else {
            writeTimer = after(.seconds(Int64(Limits.stalledWriteSeconds)), context) { $1.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    /// Handles every frame received so far, then asks for more bytes.
    private func proceed(_ context: ChannelHandlerContext) {
        steps: while mayBegin {
            switch state.next() {
            case .wait: break steps
            case .refused(let number, let error):
                respond(number, dispatcher.refusal(error), context)
            case .request(let number, let frame):
                switch dispatcher.begin(frame, peer: peer, socket: socket) {
                case .response(let response): respond(number, response, context)
                case .task(let task): start(task, number, context)
                }
            }
        }
        context.flush()
        updateTimers(context)
        closeWhenOver(context)
        if state.wantsBytes, mayBegin { context.read() }
    }

    /// No further responses are made for a client that does not read them, and no more at once than it may have unread.
    private var mayBegin: Bool {
        let computed = tasks.values.reduce(0) { $0 + ($1.request.canRepeat ? 1 : 0) }
        return isWritable && computed < Wire.Limits.unreadBytes / Wire.Limits.responseBytes
    }

    private func start(_ request: RequestTask, _ number: UInt64, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        dispatcher.requestBegan()
        let task = Task {
            let response = await request.run { bytes in
                eventLoop.execute { bound.value.handler.event(number, bytes, bound.value.context) }
            }
            eventLoop.execute {
                bound.value.handler.finished(number, response, bound.value.context)
                bound.value.handler.dispatcher.requestEnded()
            }
        }
        tasks[number] = (request, task)
    }

    private func finished(_ number: UInt64, _ response: ResponseFrame, _ context: ChannelHandlerContext) {
        guard let request = tasks.removeValue(forKey: number)?.request, context.channel.isActive else { return }
        // The gap is reported before the response, while the client still knows the request.
        if missed.removeValue(forKey: number) != nil { write(dispatcher.gap(request.requestID), context) }
        let isKept = isWritable || !request.canRepeat || connections.mayWait(response.bytes.count, behind: unread)
        respond(number, isKept ? response : dispatcher.dropped(request.requestID), context)
        proceed(context)
    }

    private func respond(_ number: UInt64, _ response: ResponseFrame, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        for frame in state.respond(to: number, response.bytes, isAnonymous: response.isAnonymous) {
            write(frame, context)
        }
    }

    /// Events are dropped for a reader that does not keep up; it gets a gap and the newest event later.
    private func event(_ number: UInt64, _ bytes: [UInt8], _ context: ChannelHandlerContext) {
        guard context.channel.isActive, tasks[number] != nil else { return }
        guard isWritable else {
            missed[number] = bytes
            return
        }
        send([bytes], context)
    }

    private func send(_ frames: [[UInt8]], _ context: ChannelHandlerContext) {
        for frame in frames { write(frame, context) }
        context.flush()
    }

    private func write(_ frame: [UInt8], _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: frame)), promise: nil)
        if !isWritable { countUnread(context) }
    }

    /// Updates ``unread``.
    private func countUnread(_ context: ChannelHandlerContext) {
        let buffered = isWritable ? 0 : (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        connections.countUnread(buffered - unread)
        unread = buffered
    }

    private func closeWhenOver(_ context: ChannelHandlerContext) {
        let isDone = isInputClosed && state.isIdle && isWritable
        guard state.isOver || isDone else { return }
        // An empty write completes after everything before it has gone out.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// A frame must be complete in time, and a connection without a request is closed after a while.
    private func updateTimers(_ context: ChannelHandlerContext) {
        // While this side does not read, an incomplete frame is not the client's fault.
        let isReading = state.wantsBytes && mayBegin
        let frame = state.isInsideFrame && isReading ? state.frameNumber : nil
        if frameTimer?.frame != frame {
            frameTimer?.1.cancel()
            frameTimer = frame.map { ($0, after(.seconds(Int64(limits.frameSeconds)), context, Self.frameTooSlow)) }
        }
        idleSince = state.isIdle ? .now() : nil
        if idleTimer == nil { watchIdleness(for: .seconds(Int64(limits.idleSeconds)), context) }
    }

    /// One timer for the whole connection: one for each request would cost more than many responses.
    private func watchIdleness(for time: TimeAmount, _ context: ChannelHandlerContext) {
        idleTimer = after(time, context) { handler, context in
            let limit = TimeAmount.seconds(Int64(handler.limits.idleSeconds))
            let left = handler.idleSince.map { $0 + limit - .now() } ?? limit
            if left <= .zero { return context.close(promise: nil) }
            handler.watchIdleness(for: left, context)
        }
    }

    private static func frameTooSlow(_ handler: ConnectionHandler, _ context: ChannelHandlerContext) {
        let error = WireError(.badFrame, "a frame was not completed in time")
        handler.respond(handler.state.abandon(), handler.dispatcher.refusal(error), context)
        handler.proceed(context)
    }

    private func after(
        _ time: TimeAmount, _ context: ChannelHandlerContext,
        _ body: @escaping (ConnectionHandler, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { body(self, context) }
    }
}
