namespace UnityEngine
{
    public sealed class Event
    {
        public static Event current { get; } = new Event();

        public EventType type => EventType.Repaint;
    }
}
