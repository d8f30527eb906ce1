import NIOCore
import Wire

/// One connection: reads frames while there is room, writes answers in their order, and keeps the clocks.
///
/// What memory can answer is answered here, on the event loop; the rest is handed to the dispatcher's tasks.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: Peer
    private let door: Door
    private let dispatcher: Dispatcher
    private let limits: AgentSettings.Limits
    private var conversation: Conversation
    private var isInputClosed = false
    /// As ``channelWritabilityChanged(context:)`` was told last.
    private var isWritable = true
    /// The newest of the events that a slow reader has missed, for each request.
    private var missed: [UInt64: [UInt8]] = [:]
    private var frameClock: (frame: UInt64, Scheduled<Void>)?
    private var idleClock: Scheduled<Void>?
    /// When the connection began to have no request; nil while it has one.
    private var idleSince: NIODeadline?
    private var writeClock: Scheduled<Void>?
    private var work: [UInt64: (requestID: String, task: Task<Void, Never>)] = [:]

    init(peer: Peer, door: Door, dispatcher: Dispatcher, limits: AgentSettings.Limits) {
        self.peer = peer
        self.door = door
        self.dispatcher = dispatcher
        self.limits = limits
        conversation = Conversation(inFlight: limits.inFlight)
    }

    func channelActive(context: ChannelHandlerContext) {
        send([dispatcher.hello()], context)
        proceed(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        conversation.receive(Array(buffer: unwrapInboundIn(data)))
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
        for clock in [frameClock?.1, idleClock, writeClock] { clock?.cancel() }
        // A read that nobody waits for ends; a mutation is a job by now and goes on.
        for (_, work) in work { work.task.cancel() }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeClock?.cancel()
        writeClock = nil
        isWritable = context.channel.isWritable
        if isWritable {
            let caughtUp = missed.sorted { $0.key < $1.key }
            missed = [:]
            for (number, newest) in caughtUp {
                write(dispatcher.gap(work[number]?.requestID), context)
                write(newest, context)
            }
            context.flush()
            // Not at once: a flush inside could come back here.
            let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.handler.proceed(bound.value.context) }
        } else {
            writeClock = after(.seconds(Int64(Limits.stalledWriteSeconds)), context) { $1.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    /// Takes every step that the bytes at hand allow, then asks for more.
    private func proceed(_ context: ChannelHandlerContext) {
        // A client that does not read its answers gets no more of them made.
        steps: while isWritable {
            switch conversation.next() {
            case .wait: break steps
            case .refused(let number, let error):
                answer(number, dispatcher.refusal(error), context)
            case .request(let number, let frame):
                switch dispatcher.begin(frame, peer: peer, door: door) {
                case .reply(let reply): answer(number, reply, context)
                case .work(let work): start(work, number, context)
                }
            }
        }
        context.flush()
        keepClocks(context)
        closeWhenOver(context)
        if conversation.wantsBytes, isWritable { context.read() }
    }

    private func start(_ work: Work, _ number: UInt64, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        dispatcher.beginAnswer()
        let task = Task {
            let reply = await work.run { bytes in
                eventLoop.execute { bound.value.handler.event(number, bytes, bound.value.context) }
            }
            eventLoop.execute {
                bound.value.handler.finished(number, reply, bound.value.context)
                bound.value.handler.dispatcher.endAnswer()
            }
        }
        self.work[number] = (work.requestID, task)
    }

    private func finished(_ number: UInt64, _ reply: Reply, _ context: ChannelHandlerContext) {
        let requestID = work.removeValue(forKey: number)?.requestID
        guard context.channel.isActive else { return }
        // What is missing is said before the answer, while the client still knows the request.
        if missed.removeValue(forKey: number) != nil { write(dispatcher.gap(requestID), context) }
        answer(number, reply, context)
        proceed(context)
    }

    private func answer(_ number: UInt64, _ reply: Reply, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        for frame in conversation.answer(number, reply.frame, isAnonymous: reply.isAnonymous) { write(frame, context) }
    }

    /// Events are for a reader that keeps up; one that does not is told that some are missing, and the newest of them.
    private func event(_ number: UInt64, _ bytes: [UInt8], _ context: ChannelHandlerContext) {
        guard context.channel.isActive, work[number] != nil else { return }
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
    }

    private func closeWhenOver(_ context: ChannelHandlerContext) {
        let isDone = isInputClosed && conversation.isIdle && isWritable
        guard conversation.isOver || isDone else { return }
        // An empty write completes after everything before it has gone out.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// A frame that has begun must end in time; a connection without a request is closed after a while.
    private func keepClocks(_ context: ChannelHandlerContext) {
        // While this side does not read, the rest of a frame is not the client's fault.
        let isReading = conversation.wantsBytes && isWritable
        let frame = conversation.isInsideFrame && isReading ? conversation.frameNumber : nil
        if frameClock?.frame != frame {
            frameClock?.1.cancel()
            frameClock = frame.map { ($0, after(.seconds(Int64(limits.frameSeconds)), context, Self.frameTooSlow)) }
        }
        idleSince = conversation.isIdle ? .now() : nil
        if idleClock == nil { watchIdleness(for: .seconds(Int64(limits.idleSeconds)), context) }
    }

    /// One clock for the whole connection: a new one for each request would cost more than many an answer.
    private func watchIdleness(for time: TimeAmount, _ context: ChannelHandlerContext) {
        idleClock = after(time, context) { handler, context in
            let limit = TimeAmount.seconds(Int64(handler.limits.idleSeconds))
            let left = handler.idleSince.map { $0 + limit - .now() } ?? limit
            if left <= .zero { return context.close(promise: nil) }
            handler.watchIdleness(for: left, context)
        }
    }

    private static func frameTooSlow(_ handler: ConnectionHandler, _ context: ChannelHandlerContext) {
        let error = WireError(.badFrame, "a frame was begun and not completed in time")
        handler.answer(handler.conversation.abandon(), handler.dispatcher.refusal(error), context)
        handler.proceed(context)
    }

    private func after(
        _ time: TimeAmount, _ context: ChannelHandlerContext,
        _ body: @escaping (ConnectionHandler, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { body(self, context) }
    }
}
