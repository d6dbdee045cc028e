using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.Serialization;

namespace FrameBridge.Components.Tests
{
    /// <summary>A script that scene files of tests hold: a field of each kind that Unity keeps, and a diary.</summary>
    public class Probe : MonoBehaviour
    {
        public static readonly List<string> Diary = new List<string>();

        public int number = 7;
        public string words = "unset";
        public Color tint;
        public Probe other;
        public Transform place;
        public Probe[] friends = new Probe[0];
        public List<Pair> pairs = new List<Pair>();
        public UnityEvent<string> told = new UnityEvent<string>();

        [NonSerialized]
        public int forgotten = 1;

        [SerializeField]
        [FormerlySerializedAs("wasCalled")]
        private LogType kind = LogType.Log;

        private int hidden = 1;

        public LogType Kind => kind;

        public int Hidden => hidden;

        public string Heard { get; private set; }

        public void Hear(string said) => Heard = said;

        private void Awake() => Diary.Add(name + " Awake");

        private void OnEnable() => Diary.Add(name + " OnEnable");

        private void Start() => Diary.Add(name + " Start");

        private void OnDestroy() => Diary.Add(name + " OnDestroy");

        [Serializable]
        public sealed class Pair
        {
            public string key;

            [SerializeField]
            private float value = 0f;

            public float Value => value;
        }
    }
}
